"""Compiled programs from an earlier process."""

import os
import subprocess
import sys

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
