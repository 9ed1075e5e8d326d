"""``solion coating``: whether lithium plates under a coating or on it, a ranking of candidates, and maps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import app
from solion.cli.early_exit import interruptible, refusals

coating = typer.Typer(no_args_is_help=True, help="Verdicts on lithium coatings: check a candidate, rank a folder, draw a map.")
app.add_typer(coating, name="coating")

Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of the results.", show_default="runs/NAME-coating")]
Force = Annotated[bool, typer.Option("--force", help="Replace earlier results in that folder.")]
Samples = Annotated[int, typer.Option(min=16, max=10_000_000, help="Samples of the uncertain numbers.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the samples.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="A candidate, TOML or YAML.")]


@coating.command()
def check(file: File, samples: Samples = 8192, seed: Seed = 0, out: Out = None, force: Force = False) -> None:
    """Under or on top at the operating current, with its probability, and what to measure first."""
    with refusals():
        from solion.explore.coating import check_coating, load_candidate, ranking_of

        found = check_coating(load_candidate(file), samples, seed)
        print(found.sentence)
        for line in (*found.outlook, *found.notes):
            print(f"  {line}")
        low, high = found.checklist.overall
        print(f"Checklist: {low:.3f} to {high:.3f}{''.join(f', {flag}' for flag in found.checklist.flags)}", end="")
        print(f"; unknown: {', '.join(found.checklist.unknown)}." if found.checklist.unknown else ".")
        if found.measure_first:
            print(f"Measure first: {found.measure_first}.")
        _write(ranking_of([found]), out or Path("runs") / f"{file.stem}-coating", force)


@coating.command()
def rank(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of candidates; 'builtin' for those of Solion.")],
    measure: Annotated[str, typer.Option(help="onset, range_limit or naive.")] = "onset",
    samples: Samples = 8192,
    seed: Seed = 0,
    out: Out = None,
    force: Force = False,
) -> None:
    """Candidates side by side; a single order only where their intervals do not overlap."""
    with refusals():
        from solion.explore import coating as rooms

        place = Path(rooms.__file__).parent / "candidates" if str(folder) == "builtin" else folder
        found = rooms.rank_coatings(rooms.load_folder(place), measure, samples, seed, indices=True)
        for one in found.verdicts:
            print(one.sentence)
        print(found.sentence)
        for (a, b), value in found.correlations.items():
            print(f"Rank correlation of {a} and {b}: {value:.3f}")
        _write(found, out or Path("runs") / f"{folder.name}-coating", force)


@coating.command(name="map")
def draw_map(
    file: File,
    plane: Annotated[str, typer.Option(help="D,L  L,i  ratio,i  pore,L  eta,i")] = "D,L",
    points: Annotated[int, typer.Option(min=4, max=4000, help="Points along each axis.")] = 400,
    out: Out = None,
    force: Force = False,
) -> None:
    """The threshold over two numbers, at the medians of the others."""
    with refusals():
        from solion.explore.coating import load_candidate, plating_map, write_map
        from solion.result.result import FILE
        from solion.study.folder import whole_folder

        candidate = load_candidate(file)
        found = plating_map(candidate, plane, points)
        folder = out or Path("runs") / f"{file.stem}-map"
        with interruptible(folder), whole_folder(folder, force, (FILE,)) as partial:
            write_map(found, partial, candidate)
        print(f"Underneath on {found.under.mean():.1%} of the map. Results in {folder}")


@coating.command()
def patches(
    file: File,
    cells: Annotated[int, typer.Option(min=30, max=100_000, help="Cells, each with patches of its own.")] = 200,
    count: Annotated[int, typer.Option("--patches", min=4, max=65_536, help="Patches of a cell, a square number.")] = 256,
    size: Annotated[float, typer.Option(min=0.01, help="Edge of a patch, um.")] = 100.0,
    thickness: Annotated[float, typer.Option(min=0, max=3, help="Standard deviation of ln(thickness).")] = 0.1,
    barrier: Annotated[float, typer.Option(min=0, max=3, help="Standard deviation of ln(barrier).")] = 0.1,
    defects: Annotated[float, typer.Option(min=0, max=1, help="Share of patches with a tenth of the barrier.")] = 0.01,
    seed: Seed = 0,
    out: Out = None,
    force: Force = False,
) -> None:
    """The first nucleation on a coating of random patches, and what a larger area does to it."""
    with refusals():
        from solion.explore.coating import load_candidate, uneven_coating, write_uneven
        from solion.explore.coating.uneven import UNEVEN_FILE
        from solion.study.folder import whole_folder

        numbers = {"thickness": thickness, "barrier": barrier, "defects": defects, "seed": seed}
        found = uneven_coating(load_candidate(file), cells, count, size * 1e-6, **numbers)
        folder = out or Path("runs") / f"{file.stem}-patches"
        with interruptible(folder), whole_folder(folder, force, (UNEVEN_FILE,)) as partial:
            write_uneven(found, partial)
        print("\n".join(found.sentences))
        print(f"Results in {folder}")


@coating.command()
def eis(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A spectrum of the coated electrode, as instruments write them.")],
    thickness: Annotated[str, typer.Option(help="Of the layer, such as '10 um'.")],
    area: Annotated[str, typer.Option(help="Of the electrode, where the file has ohm, such as '1 cm^2'.")] = "",
    i02: Annotated[str, typer.Option(help="Exchange current of coating | lithium; without it the layer is taken for all.")] = "",
    barrier: Annotated[str, typer.Option(help="Of nucleation, for the threshold.")] = "20 mV",
    temperature: Annotated[str, typer.Option(help="Of the measurement.")] = "298.15 K",
) -> None:
    """sigma_Li and D of a coating's layer from its impedance, and the threshold that they give."""
    with refusals():
        from solion.explore.coating.spectrum import layer_of_spectrum

        given = {"thickness": thickness, "area": area, "i02": i02, "barrier": barrier, "temperature": temperature}
        print("\n".join(layer_of_spectrum(file, given)))


def _write(found, folder: Path, force: bool) -> None:
    from solion.explore.coating.report import FILE, write_verdicts
    from solion.study.folder import whole_folder

    with interruptible(folder), whole_folder(folder, force, (FILE,)) as partial:
        write_verdicts(found, partial)
    print(f"Results in {folder}")
