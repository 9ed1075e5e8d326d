"""The command line: what it writes, what it refuses to overwrite, and what an interruption or a full disk leaves."""

import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import solion.experiments.transient
import solion.experiments.transient_experiment
from solion.cli import app
from solion.result.result import Result, load
from solion.study import builtin_studies
from solion.study.files import dump, override, parse
from solion.study.progress import reporter, span

SMALL = [
    "--set",
    "numerics.cells=20",
    "--set",
    "protocol.0.samples=3",
    "--set",
    "protocol.1.samples=5",
    "--set",
    "protocol.1.duration=0.5 tau_D",
    "--set",
    "output.figures=false",
]


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def run_small(*arguments):
    return invoke("run", "step-current", *SMALL, *arguments)


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished small run: what the command said, and its folder."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    return run_small("--out", folder), folder


def test_help_answers_at_once_without_heavy_imports():
    code = (
        "import sys, solion.cli; from typer.testing import CliRunner;"
        "assert CliRunner().invoke(solion.cli.app, ['--help']).exit_code == 0;"
        "print(sorted({'jax', 'numpy', 'pint', 'pydantic', 'xarray'} & set(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(solion.__file__).parents[1])}
    before = time.perf_counter()
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert answer.stdout.strip() == "[]"
    assert time.perf_counter() - before < 3  # 0.2 s on an idle machine


def test_version_and_no_command():
    assert invoke("--version").stdout.startswith("solion ")
    assert "Usage" in invoke().output


def test_list_names_everything():
    output = invoke("list").stdout
    for name in [*builtin_studies(), "lithium_titanate", "butler_volmer", "dilute", "linear_wetting", "pulses", "profile"]:
        assert name in output


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("lto7-voltammogram", '[device]\nkind = "film_memristor"'),
        ("lithium_titanate", "c_0 = 22 mol/L"),
        ("butler_volmer", "Damkoehler"),
        ("cyclic_voltammetry", "limits"),
        ("phase_separated", "rich_at"),
    ],
)
def test_show(name, holds):
    answer = invoke("show", name)
    assert answer.exit_code == 0
    assert holds in answer.stdout


def test_check_says_what_the_study_is():
    answer = invoke("check", "lto4-voltammogram")
    assert answer.exit_code == 0
    assert "tau_D = 64 s" in answer.stdout
    assert "6 steps, 614.4 s (9.6 tau_D)" in answer.stdout


def test_schema_is_json():
    assert "$defs" in json.loads(invoke("schema").stdout)


def test_run_leaves_a_complete_folder(finished):
    answer, folder = finished
    assert answer.exit_code == 0, answer.output
    assert {entry.name for entry in folder.iterdir()} == {"result.nc", "study.toml", "terminals.csv"}
    assert [entry.name for entry in folder.parent.iterdir()] == ["run"]
    assert load(folder / "result.nc").status == "finished"
    assert "Results in" in answer.stdout
    assert invoke("check", folder).exit_code == 0


def test_an_existing_folder_is_never_overwritten_without_force(finished):
    _, folder = finished
    before = {entry: entry.stat().st_mtime_ns for entry in folder.iterdir()}
    answer = run_small("--out", folder)
    assert answer.exit_code == 2
    assert "--force" in answer.stderr
    assert {entry: entry.stat().st_mtime_ns for entry in folder.iterdir()} == before


def test_force_replaces_a_result_and_nothing_else(tmp_path):
    assert run_small("--quiet").output == ""
    folder = tmp_path / "runs" / "step-current"
    (folder / "stale").write_text("")
    assert run_small("--force").exit_code == 0
    assert not (folder / "stale").exists()
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.tex").write_text("")
    answer = run_small("--force", "--out", precious)
    assert answer.exit_code == 2
    assert "no result" in answer.stderr
    assert (precious / "thesis.tex").exists()


def test_report_is_written_anew(finished, monkeypatch):
    _, folder = finished
    monkeypatch.setattr(Result, "report", lambda self, directory: Path(directory) / "report.html")
    answer = invoke("report", folder)
    assert answer.exit_code == 0, answer.output
    assert "report.html" in answer.stdout


def interrupt_after(monkeypatch, looks):
    """Make the next run save at every look and stop, as Ctrl-C would, after some of them."""
    monkeypatch.setattr(solion.experiments.transient, "pace", lambda cells: np.int64(5))
    simulate = solion.experiments.transient_experiment.simulate

    def interrupted(*arguments, on_progress, **options):
        seen = 0

        def look(progress):
            nonlocal seen
            seen += 1
            if seen > looks:
                raise KeyboardInterrupt

        return simulate(*arguments, on_progress=look, **(options | {"checkpoint_every": 0.0}))

    monkeypatch.setattr(solion.experiments.transient_experiment, "simulate", interrupted)


def test_an_interrupted_run_is_resumed_to_the_same_numbers(finished, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        interrupt_after(patch, looks=2)
        answer = run_small()
    assert answer.exit_code == 130
    assert "--resume" in answer.stderr
    partial = tmp_path / "runs" / ".step-current.partial"
    assert [entry.name for entry in partial.iterdir()] == ["checkpoint.npz"]

    other = run_small("--resume", "--set", "device.filling=0.31")
    assert other.exit_code == 2
    assert "another run" in other.stderr

    answer = run_small("--resume")
    assert answer.exit_code == 0, answer.output
    assert not partial.exists()
    resumed, whole = load(tmp_path / "runs" / "step-current" / "result.nc"), load(finished[1] / "result.nc")
    for name in whole.dataset.data_vars:
        np.testing.assert_array_equal(resumed.dataset[name], whole.dataset[name])


def test_an_interruption_before_the_first_checkpoint_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(solion.experiments.transient_experiment, "simulate", interrupted)
    answer = run_small()
    assert answer.exit_code == 130
    assert "nothing was kept" in answer.stderr
    assert list((tmp_path / "runs").iterdir()) == []


def test_two_processes_do_not_run_into_one_folder(tmp_path):
    import fcntl

    partial = tmp_path / "runs" / ".step-current.partial"
    partial.mkdir(parents=True)
    (partial / "checkpoint.npz").write_text("of the other")
    with (partial / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        answer = run_small()
    assert answer.exit_code == 2
    assert len(answer.stderr.splitlines()) == 1
    assert "another process is writing into it" in answer.stderr
    assert (partial / "checkpoint.npz").read_text() == "of the other"
    assert run_small().exit_code == 0  # what a killed process leaves does not keep the next one out
    assert not partial.exists()
    assert not (tmp_path / "runs" / "step-current" / ".lock").exists()


def test_compiling_is_announced_where_it_happens_only(monkeypatch):
    from solion.base.compiled import Program, announced

    heard = []
    monkeypatch.setenv("SOLION_CACHE", "")
    double = Program(lambda x: 2 * x, slow=True)
    with announced(lambda: heard.append("once")):
        assert float(double(np.array([1.0]))[0]) == 2.0
        double(np.array([2.0]))
        Program(lambda x: 3 * x)(np.array([1.0]))
    Program(lambda x: 4 * x, slow=True)(np.array([1.0]))
    assert heard == ["once"]


def test_a_full_disk_says_so(tmp_path, monkeypatch):
    def full(self, path):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Result, "to_csv", full)
    answer = run_small()
    assert answer.exit_code == 1
    assert "the disk is full" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_folder_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    answer = run_small("--out", tmp_path / "file" / "run")
    assert answer.exit_code == 1
    assert "file" in answer.stderr
    assert "Traceback" not in answer.output


class Terminal:
    """A stream that keeps what is written, and may say that it is a terminal."""

    def __init__(self, terminal):
        self.terminal, self.text = terminal, ""

    def isatty(self):
        return self.terminal

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def progress(fraction):
    return solion.experiments.run_loop.Progress(100 * fraction, 100.0, fraction, 0.25, 10, 1, 5.0, 61.0)


def test_progress_is_a_bar_on_a_terminal_and_few_lines_elsewhere(monkeypatch):
    clock = iter(range(0, 10_000, 3))
    monkeypatch.setattr("solion.study.progress.time.monotonic", lambda: next(clock))
    plain = Terminal(False)
    with reporter(plain, "study") as update:
        for k in range(101):
            update(progress(k / 100))
    assert len(plain.text.splitlines()) <= 10
    assert " 50 %  50 of 100 s simulated, step 0.25 s, 1 min 1 s left" in plain.text
    monkeypatch.undo()
    terminal = Terminal(True)
    with reporter(terminal, "study") as update:
        update(progress(0.5))
    assert "50%" in terminal.text
    assert "1 min 1 s left" in terminal.text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.5, "0.5 s"), (90, "1 min 30 s"), (7260, "2 h 1 min"), (float("inf"), "unknown")]
)
def test_spans_of_time(seconds, text):
    assert span(seconds) == text


def powers(low, high):
    """Positive numbers spread evenly over decades."""
    return st.floats(low, high).map(lambda exponent: 10.0**exponent)


CONTACT = st.fixed_dictionaries({"rate": powers(-12, 6), "asymmetry": st.floats(1e-6, 1 - 1e-6)})


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    contacts=st.fixed_dictionaries({"top": CONTACT, "bottom": CONTACT}),
    material=st.sampled_from([(0.7, -32.0), (0.05, -100.0), (10.0, 20.0)]),  # few, since each is compiled anew
    thickness=powers(0, 3),
    filling=st.floats(0.0, 1.0),
    drive=st.tuples(st.sampled_from(["V_T", "i_D"]), st.sampled_from([-1, 1]), powers(-2, 3)),
    duration=powers(-3, 1),
)
def test_random_studies_run_to_an_answer_or_a_clear_refusal(contacts, material, thickness, filling, drive, duration):
    unit, sign, size = drive
    data = parse(builtin_studies()["step-current"].read_text(encoding="utf-8"), "step-current")
    override(data, SMALL[1::2])  # the shape of the small run, which is compiled already
    data["numerics"] |= {"relative": 1e-3, "absolute": 1e-3}
    data["device"] |= {"thickness": f"{thickness} nm", "filling": filling}
    data["device"]["material"] |= dict(zip(("exponent", "ion_interaction"), material, strict=True))
    for name, numbers in contacts.items():
        data["device"][name] |= numbers
    quantity, level = "voltage" if unit == "V_T" else "current", f"{sign * size!r} {unit}"
    for step in data["protocol"]:
        del step["current"]
    data["protocol"][0] |= {quantity: [f"0 {unit}", level]}
    data["protocol"][1] |= {quantity: level, "duration": f"{duration} tau_D"}
    Path("random.toml").write_text(dump(data))
    answer = invoke("run", "random.toml", "--force")
    assert answer.exit_code in (0, 1, 2), answer.exception
    assert "Traceback" not in answer.output
    if answer.exit_code == 2:
        assert len(answer.stderr.splitlines()) == 1
    else:
        result = load("runs/random/result.nc")
        assert (result.status == "failed") == (answer.exit_code == 1)
        assert np.all(np.isfinite(result.dataset["current"])) or result.status == "failed"
