"""Compiled programs from an earlier process."""

import os
import subprocess
import sys

import numpy as np

from solion.base.compiled import Program

SOLVE = """
import jax.numpy as jnp
import numpy as np
from solion.base.compiled import Program
import solion.base.compiled as compiled
def solved(matrix, right):
    return jnp.linalg.solve(matrix, right)
matrix, right = np.array([[2.0, 1.0], [0.5, 3.0]]), np.array([1.0, 2.0])
print(np.abs(matrix @ np.asarray(Program(solved)(matrix, right)) - right).max() < 1e-12, flush=True)
compiled._compilers().shutdown(wait=True)
"""


def test_a_dense_solve_runs_from_the_cache(tmp_path):
    """A program with a call of LAPACK that is loaded, not compiled, ended the process: nothing had made LAPACK ready."""
    for _ in range(2):
        ended = subprocess.run(
            [sys.executable, "-c", SOLVE],
            env=os.environ | {"SOLION_CACHE": str(tmp_path), "XLA_FLAGS": ""},  # compiled as users do
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert (ended.returncode, ended.stdout.strip()) == (0, "True"), ended.stderr[-500:]
        assert len(list((tmp_path / "programs").iterdir())) == 1


def test_programs_used_long_ago_are_forgotten():
    """Of shapes 1, 2, 3 with 1 used again before 3 came, two are held: 1 and 3."""
    program = Program(lambda x: x + 1, most=2)
    for size in (1, 2, 1, 3):
        assert program(np.zeros(size)).shape == (size,)
    assert [program.knows(np.zeros(size)) for size in (1, 2, 3)] == [True, False, True]
    assert program(np.zeros(2)).shape == (2,)


def test_programs_that_can_be_read_again_are_forgotten_first(tmp_path, monkeypatch):
    """Of four, two of which lie on disk, one of these is held: 3 of 1 (disk), 2, 3 (disk), 4 where one may be."""
    program = Program(lambda x: x + 1, most=4, few=1)
    monkeypatch.setattr(Program, "_place", lambda *_: None)
    for size in (1, 2, 3, 4):
        program(np.zeros(size))
    held = lambda: [program.knows(np.zeros(size)) for size in (1, 2, 3, 4)]  # noqa: E731
    assert held() == [True] * 4
    for size in (1, 3):
        key = program._key((np.zeros(size),))
        program._known[key] = program._known[key]._replace(file=tmp_path / "there")
    (tmp_path / "there").touch()
    program(np.zeros(4))
    assert held() == [False, True, False, True]


FORK = """
import os, jax.numpy as jnp, solion as so
film = so.Film(so.materials.lithium_titanate(), 80e-9, 0.3)
contact = so.Contact(so.laws.ButlerVolmer(rate=1.0))
device = so.FilmMemristor(contact, film, contact)
(jnp.zeros(2) + 1).block_until_ready()
child = os.fork()
if child == 0:
    try:
        so.simulate(device, so.protocols.hold(voltage=0.1, duration=1.0), cells=20)
    except so.RunError as error:
        print(error, flush=True)
    os._exit(0)
os.waitpid(child, 0)
"""


def test_a_forked_process_says_so_and_does_not_hang(tmp_path):
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", FORK], capture_output=True, text=True, timeout=120)
    assert "get_context('spawn')" in told.stdout, told.stderr[-500:]
