"""``solion identify``: what limits a moving front."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import app
from solion.cli.early_exit import interruptible, patience, refusals
from solion.cli.open_file import Columns, Sheet, number


@app.command()
def identify(
    data: Annotated[Path, typer.Argument(metavar="FILE", help="Time and a length (CSV, workbook), or a movie as a TIFF stack.")],
    shape: Annotated[str, typer.Option(metavar="planar|wire|sphere", help="Shape of the host.")],
    volume_ratio: Annotated[
        float | None, typer.Option(help="Volume of the product over that of its host, such as 3.81 for Li15Si4.")
    ] = None,
    material: Annotated[
        str | None, typer.Option(metavar="NAME", help="Host of solion list, such as lithium_silicon, in place of the ratio.")
    ] = None,
    potential: Annotated[
        str | None,
        typer.Option(metavar="VOLTAGE", help='Held against the carrier metal, "0 V" in contact: fits the resolved particle too.'),
    ] = None,
    meaning: Annotated[
        str | None, typer.Option(metavar="NAME", help="What the length is, such as host_depth, where the heading does not say.")
    ] = None,
    diameter: Annotated[
        str | None, typer.Option(metavar="LENGTH", help='Diameter of the pristine host, such as "129 nm".')
    ] = None,
    pixel: Annotated[
        str | None, typer.Option(metavar="ERROR", help='Error of a length, such as "1 nm"; "0.01" of a fraction.')
    ] = None,
    relative: Annotated[float, typer.Option(metavar="SHARE", help="Error as a share of the length.")] = 0.0,
    start: Annotated[
        str | None, typer.Option(metavar="TIME", help='When the reaction began, where that was recorded: "0 s".')
    ] = None,
    offset: Annotated[str | None, typer.Option(metavar="LENGTH", help="By how much all lengths may be off together.")] = None,
    columns: Columns = None,
    sheet: Sheet = None,
    scale: Annotated[str | None, typer.Option(metavar="LENGTH", help='Edge of a pixel of a movie, such as "0.5 nm".')] = None,
    frame_time: Annotated[str | None, typer.Option(metavar="TIME", help="Time between frames of a movie.")] = None,
    posterior: Annotated[bool, typer.Option(help="Evidence of the laws by nested sampling, and the next experiment.")] = True,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the results.", show_default="runs/FILE-identify")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier identification in that folder.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """What limits a front (interface reaction, diffusion, stress, a surface film) from its length in time, or that
    it is not decided.
    """
    with refusals():
        from solion.base.errors import InputError
        from solion.explore import identify as rooms
        from solion.explore.identify.report import FILE
        from solion.readers.images.read import is_picture
        from solion.study.folder import whole_folder

        host = None if material is None else _host(material)
        if host is None and (volume_ratio is None or potential is not None):
            missing = "--volume-ratio or --material is needed" if volume_ratio is None else "--potential needs --material"
            raise InputError(f"{missing}: volume of the product over that of its host, or a host of solion list.")
        ratio = float(host.ratio) if volume_ratio is None and host is not None else float(volume_ratio or 0)

        def length(text: str | None, name: str) -> float | None:
            if text is not None and _plain(text):
                return float(text) if (meaning or "") == "reacted_volume_fraction" else number(text, name, "m")
            return number(text, name, "m")

        size = number(diameter, "--diameter", "m")
        radius = float("inf") if size is None else size / 2
        if is_picture(data):
            edge, step = number(scale, "--scale", "m"), number(frame_time, "--frame-time", "s")
            series = _of_movie(data, edge, step, radius, shape, ratio, meaning or "core_radius")
        else:
            noise = rooms.Noise(length(pixel, "--pixel") or 0.0, relative)
            series = rooms.read_series(
                data, meaning=meaning, shape=shape, volume_ratio=ratio, radius=radius, noise=noise, columns=columns, sheet=sheet
            )
        folder = out or Path("runs") / f"{data.stem}-identify"
        with interruptible(folder), whole_folder(folder, force, (FILE,)) as partial, patience(quiet):
            found = rooms.identify(
                series,
                start=number(start, "--start", "s"),
                offset=length(offset, "--offset"),
                posterior=posterior,
                material=host if potential is not None else None,
                potential=number(potential, "--potential", "V"),
            )
            rooms.write_identification(found, partial)
    if not quiet:
        print(found.summary())
        print(f"Results in {folder}: {', '.join(sorted(entry.name for entry in folder.iterdir()))}")


def _host(name: str):
    """The alloying host of that name."""
    from solion.base.errors import InputError, nearest
    from solion.study.catalogue import materials

    known = materials("AlloyHost")
    if name not in known:
        raise InputError(f"--material {name!r} is unknown{nearest(name, known)}; known: {', '.join(known)}.")
    return known[name].load()()


def _of_movie(path: Path, scale: float | None, frame_time: float | None, radius: float, shape: str, ratio: float, meaning: str):
    """The series of a movie's contours."""
    from solion.base.errors import InputError
    from solion.explore.identify import read_movie

    if scale is None or frame_time is None or radius == float("inf"):
        raise InputError(
            f"{path}: a movie needs the edge of a pixel, the time between frames and the size of the pristine host: --scale, "
            "--frame-time, --diameter."
        )
    movie = read_movie(path, scale=scale, frame_time=frame_time)
    return movie.series(shape=shape, volume_ratio=ratio, radius=radius, meaning=meaning)


def _plain(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
