"""Compiled programs on disk: nobody else's is unpickled, none under another's name, and the folder does not grow without end."""

import os
import pickle
import re
import time
import warnings

import jax.numpy as jnp
import pytest
from typer.testing import CliRunner

from solion.base import cache
from solion.base.compiled import Program
from solion.cli import app


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SOLION_CACHE", str(tmp_path / "cache"))
    cache._tell.cache_clear()
    return tmp_path / "cache"


def doubled(x):
    return 2 * x


def tripled(x):
    return 3 * x


def written(folder):
    """Files of programs, those that are still being written left out."""
    return {entry for entry in folder.glob("programs/*-*") if re.fullmatch(r"\w+-[0-9a-f]{32}", entry.name)}


def kept(program, folder):
    """The file of a program for a vector of three, after it was written."""
    before = written(folder)
    program.prepare(jnp.ones(3)).executable.result()
    for _ in range(1000):
        if len(written(folder) - before) == 1:
            break
        time.sleep(0.01)  # the thread that compiles writes it afterwards
    (path,) = written(folder) - before
    return path


class Planted:
    def __reduce__(self):
        return os.system, ("touch planted",)


def test_programs_are_kept_for_this_user_alone_and_found_again(folder):
    path = kept(Program(doubled), folder)
    assert [entry.stat().st_mode & 0o777 for entry in (folder, path.parent, path)] == [0o700, 0o700, 0o600]
    calls = []
    again = Program(doubled)
    again._lower = calls.append
    assert again(jnp.ones(3))[0] == 2
    assert not calls


def test_another_programs_file_and_a_damaged_one_are_not_used(folder):
    two, three = kept(Program(doubled), folder), kept(Program(tripled), folder)
    three.write_bytes(two.read_bytes())
    assert Program(tripled)(jnp.ones(3))[0] == 3
    content = bytearray(two.read_bytes())
    content[len(content) // 2] ^= 1
    two.write_bytes(content)
    assert Program(doubled)(jnp.ones(3))[0] == 2


@pytest.mark.parametrize("kind", ["bare", "signed", "folder", "owner"])
def test_what_others_may_have_written_is_not_unpickled(folder, kind, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    program = Program(doubled)
    path = kept(program, folder)
    _, key = Program(doubled)._place(Program(doubled)._key((jnp.ones(3),)), (jnp.ones(3),))
    if kind == "bare":
        path.write_bytes(pickle.dumps(Planted()))
    else:  # whoever may write there can sign, too
        cache.write(path, key, pickle.dumps(Planted()))
    if kind == "signed":
        path.chmod(0o666)
    if kind == "folder":
        folder.chmod(0o777)
    if kind == "owner":
        monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    warned = pytest.warns(UserWarning, match="SOLION_CACHE") if kind in ("folder", "owner") else warnings.catch_warnings()
    with warned:
        assert Program(doubled)(jnp.ones(3))[0] == 2
    assert not (tmp_path / "planted").exists()


@pytest.mark.parametrize("name", ["file", "file/below", "n" * 300])
def test_a_folder_that_cannot_be_is_told_once(tmp_path, monkeypatch, name):
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("SOLION_CACHE", str(tmp_path / name))
    cache._tell.cache_clear()
    with pytest.warns(UserWarning, match="SOLION_CACHE"):
        assert Program(doubled)(jnp.ones(3))[0] == 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Program(tripled)(jnp.ones(3))[0] == 3
    assert (tmp_path / "file").read_text() == "mine"


def test_what_cannot_be_removed_is_left(folder, monkeypatch):
    path = kept(Program(doubled), folder)
    path.write_bytes(b"damaged")
    monkeypatch.setattr(cache.Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(PermissionError()))
    assert Program(doubled)(jnp.ones(3))[0] == 2


def test_the_least_recently_used_make_room(folder, monkeypatch):
    monkeypatch.setenv("SOLION_CACHE_MB", "0.01")
    programs = cache.program_folder()
    (programs / "thesis.tex").write_text("x" * 20000)
    for number in range(20):
        path = programs / f"run-{number:032x}"
        cache.write(path, "key", b"x" * 900)
        os.utime(path, (number, number))
    found = [int(path.name[-32:], 16) for path, _ in cache.entries(programs)]
    assert found == list(range(20 - len(found), 20))
    assert 8 <= len(found) <= 10
    answer = CliRunner().invoke(app, ["cache"])
    assert f"{len(found)} compiled programs" in answer.stdout
    assert CliRunner().invoke(app, ["cache", "--clear"]).exit_code == 0
    assert [entry.name for entry in programs.iterdir()] == ["thesis.tex"]
