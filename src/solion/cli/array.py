"""``solion array``: the job array of a sweep: how far it is, and once more what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solion.cli.app import NoCode, app
from solion.cli.early_exit import refusals, say, sweeping


@app.command()
def array(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a sweep that --array made.")],
    submit: Annotated[bool, typer.Option("--submit", help="Hand what is missing to sbatch.")] = False,
    rounds: Annotated[int, typer.Option(metavar="N", min=1, help="With --submit: submit what is missing so often.")] = 1,
    share: Annotated[int | None, typer.Option(metavar="N", help="Work off one share: what a job of the array does.")] = None,
    limit: Annotated[float, typer.Option(metavar="SECONDS", help="Time that the share has, where Slurm does not tell.")] = 3600.0,
    no_code: NoCode = False,
) -> None:
    """Collect what the jobs of an array have done into its store, and write the array of what is missing."""
    with refusals():
        if share is not None:
            from solion.explore.sweeps.array_share import work_share

            with sweeping(folder):
                work_share(folder, share, limit, say=lambda text: print(text, flush=True))
            return
        from solion.explore.sweeps import job_array
        from solion.explore.sweeps.progress import counted

        found = job_array.collect(folder)
        print(f"{found.done} of {found.total} runs are done: {counted(found.counts)}.")
        if found.lacking:
            say(f"No run has had the metric {', '.join(found.lacking)} so far; a single run prints the names that there are.")
        if not found.missing:
            print(f"Results in {folder}: {', '.join(sorted(entry.name for entry in folder.iterdir()))}")
            return
        script = job_array.write_job(folder)
        if submit:
            print(f"Job {job_array.submit(folder, rounds)} works off the other {len(found.missing)}.")
        else:
            print(f"The other {len(found.missing)}: sbatch {script}, or this command with --submit.")
