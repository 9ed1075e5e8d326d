"""Python files that a study names: from its own folder only, never by ``check``, never with ``--no-code``, and by name."""

import hashlib

import pytest
from typer.testing import CliRunner

import solion as so
from solion.cli import app
from solion.study import load

PAYLOAD = "from pathlib import Path\nPath('executed').write_text('')\ndef top(eta, *_):\n    return eta\n"
STUDY = """
title = "Of a stranger"
[device]
kind = "film_memristor"
material = "lithium_titanate"
thickness = "80 nm"
filling = 0.02
bottom = {{ law = "butler_volmer", rate = "1e-2 i_D" }}
top = {{ law = "{law}" }}
[[protocol]]
kind = "rest"
duration = "1 s"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "of" / "below").mkdir(parents=True)
    for place in ("of/payload.py", "of/below/payload.py", "payload.py"):
        (tmp_path / place).write_text(PAYLOAD)
    (tmp_path / "of" / "linked.py").symlink_to(tmp_path / "payload.py")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOLION_NO_CODE", "")  # put back what a command sets
    return tmp_path


def solion(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def written(folder, law):
    path = folder / "of" / "mine.toml"
    path.write_text(STUDY.format(law=law))
    return path


def of_elsewhere(folder):
    return ["../payload.py:top", f"{folder}/payload.py:top", "linked.py:top", "below/../../payload.py:top"]


@pytest.mark.parametrize("number", range(4))
def test_code_of_another_folder_is_never_executed(folder, number):
    path = written(folder, of_elsewhere(folder)[number])
    for command in ("run", "check", "sweep"):
        answer = solion(command, path, *(["--over", "device.filling=0.1,0.2"] if command == "sweep" else []))
        assert answer.exit_code == 2, answer.output
        assert "study's folder" in answer.stderr
        assert len(answer.stderr.splitlines()) == 1
    assert not (folder / "executed").exists()


@pytest.mark.parametrize("file", ["payload.py", "below/payload.py"])
def test_check_executes_nothing_and_says_what_would_be(folder, file):
    path = written(folder, f"{file}:top")
    answer = solion("check", path)
    assert answer.exit_code == 0, answer.output
    digest = hashlib.sha256(PAYLOAD.encode()).hexdigest()[:12]
    for words in ("device.top.law", file, digest, "--no-code"):
        assert words in answer.stdout
    for wrong, words in ((f"{file}:tap", "did you mean 'top'"), ("none.py:top", "is not a file")):
        answer = solion("check", written(folder, wrong))
        assert answer.exit_code == 2
        assert words in answer.stderr
    for command in ("run", "sensitivity"):
        more = ["--of", "x"] if command == "sensitivity" else []
        answer = solion(command, written(folder, f"{file}:top"), *more, "--no-code")
        assert answer.exit_code == 2
        assert "--no-code" in answer.stderr
    assert not (folder / "executed").exists()


def test_what_is_executed_is_named_and_travels_with_the_study(folder):
    study = load(written(folder, "below/payload.py:top"))
    digest = hashlib.sha256(PAYLOAD.encode()).hexdigest()
    assert study.code == {"below/payload.py": digest}
    (folder / "out").mkdir()
    study.save(folder / "out")
    assert (folder / "out" / "below" / "payload.py").read_text() == PAYLOAD
    assert load(folder / "out").code == study.code
    again = so.explore.fitting.numbers.at(study, [], {})
    assert again.code == study.code


def test_code_that_ends_the_process_is_a_sentence(folder):
    (folder / "of" / "payload.py").write_text("import sys\nsys.exit(7)\ntop = 1\n")
    answer = solion("run", written(folder, "payload.py:top"))
    assert answer.exit_code == 2
    assert "SystemExit" in answer.stderr
