"""Contours of in-situ movies: masks and grey frames of bodies with known edges."""

import numpy as np
import pytest
from typer.testing import CliRunner

from solion import InputError
from solion.cli.app import app
from solion.explore.identify import contours, identify, read_movie

Y, X = np.mgrid[:160, :160]
SCALE, FRAME = 1e-9, 2.0
RADII = 50.0 - 1.5 * np.arange(12)  # pixels


def frame(core, outer, middle=(80.0, 80.0), square=False):
    dx, dy = X - middle[0], Y - middle[1]
    size = np.maximum(abs(dx), abs(dy)) if square else np.hypot(dx, dy)
    return (np.hypot(dx, dy) < outer).astype(np.uint8) + (size < core)


def test_masks_of_a_round_core_that_shrinks_and_drifts():
    frames = np.stack([frame(r, 60 + 0.5 * k, (80 + 0.4 * k, 78.0)) for k, r in enumerate(RADII)])
    movie = contours(frames, SCALE, FRAME)
    np.testing.assert_allclose(movie.radius(), RADII * SCALE, atol=0.15 * SCALE)
    np.testing.assert_allclose(movie.radius("outer"), (60 + 0.5 * np.arange(12)) * SCALE, atol=0.15 * SCALE)
    np.testing.assert_allclose(movie.middle[-1], [4.4 * SCALE, 0], atol=0.2 * SCALE)
    np.testing.assert_allclose(movie.speeds(), 0.75e-9, rtol=0.05)
    assert movie.modes()[:, 1:].max() < 0.02
    series = movie.series(shape="wire", volume_ratio=3.81, radius=50e-9)
    found = identify(series, posterior=False)
    assert found.verdict.exponent_word == "ICR"
    assert found.fits["linear"].values["start"] == pytest.approx(0, abs=1.0)


def test_a_square_core_shows_in_the_fourth_mode():
    """Radius of a square of half side 1: its fourth mode over its mean, by quadrature."""
    movie = contours(np.stack([frame(30, 60, square=True), frame(28, 60, square=True)]), SCALE, FRAME)
    turn = np.linspace(-np.pi / 4, np.pi / 4, 4001)
    exact = abs(2 * np.trapezoid(np.cos(4 * turn) / np.cos(turn), turn) / np.trapezoid(1 / np.cos(turn), turn))
    modes = movie.modes()[0]
    assert modes[4] == pytest.approx(exact, rel=0.08)
    assert max(modes[1], modes[2], modes[3]) < 0.02


def test_grey_frames_and_a_folder_of_faults(tmp_path):
    pytest.importorskip("skimage")
    from scipy.ndimage import gaussian_filter

    random = np.random.default_rng(0)
    levels = np.array([20.0, 110.0, 220.0])
    grey = np.stack([gaussian_filter(levels[frame(r, 62)], 1.5) + random.normal(0, 4, X.shape) for r in RADII[:5]])
    movie = contours(grey, SCALE, FRAME)
    np.testing.assert_allclose(movie.radius(), RADII[:5] * SCALE, atol=0.5 * SCALE)
    assert 0.02 * SCALE < movie.edge[0] < 1.0 * SCALE
    np.save(tmp_path / "movie.npy", np.stack([frame(r, 60) for r in RADII]))
    run = ["identify", str(tmp_path / "movie.npy"), "--shape", "wire", "--volume-ratio", "3.81", "--no-posterior"]
    assert CliRunner().invoke(app, run).exit_code == 2
    run += ["--scale", "1 nm", "--frame-time", "2 s", "--diameter", "100 nm", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, run)
    assert done.exit_code == 0, done.output
    assert "ICR" in done.output
    assert len(read_movie(tmp_path / "movie.npy", scale=SCALE, frame_time=FRAME).time) == 12
    with pytest.raises(InputError, match="positive number"):
        read_movie(tmp_path / "movie.npy", scale=0.0, frame_time=FRAME)
    with pytest.raises(InputError, match="frames show a body"):
        contours(np.concatenate([np.zeros((2, 64, 64), int), [frame(4, 9)[60:124, 60:124]]]), SCALE, FRAME)
    with pytest.raises(InputError, match="two frames at least"):
        contours(frame(20, 40), SCALE, FRAME)
