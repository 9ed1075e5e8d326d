"""A contact that differs from place to place as the grey values of a picture do."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

import equinox as eqx
import numpy as np

from solion.base.errors import InputError
from solion.base.parameters import assumed, parameter
from solion.devices.pattern import AbstractPattern
from solion.readers.images.read import read_picture

SQUARE = 0.05  # by which a pixel may be longer than wide, and its size differ from what its file says


def _path(value: str | PathLike) -> Path:
    return Path(value)


class ImagePattern(AbstractPattern):
    """Factors from a grey picture that covers the contact: ``black`` where it is black, ``white`` where it is white.

    PNG, TIFF or what else :func:`solion.read` takes for a picture; its columns lie along the width, its rows along the depth, the
    first where depth begins. Between black and white the factor runs straight or, ``logarithmic``, by equal ratios. White is the
    largest number of its kind (255, 65535; 1 of masks and of decimals). Each cell takes the mean factor over it, so that
    the mean over the contact is that of the picture whatever the cells. A film without a depth takes the ``row`` of that
    number, from 1. Pixels must be square within 5 % and as large as the file says, unless ``stretched``.
    """

    image: Path = eqx.field(converter=_path, static=True)
    black: float = parameter(low=0, high=1e6, doc="rate or wetting where the picture is black, over that of the law")
    white: float = parameter(low=0, high=1e6, doc="rate or wetting where the picture is white, over that of the law")
    row: int = parameter(0, low=0, high=2**20, doc="row of a film without a depth; 0: the only one", source=assumed(0, "one row"))
    logarithmic: bool = False
    stretched: bool = False

    def factors(self, cells, lengths):
        shares = self._shares(cells, lengths)
        black, white = float(self.black), float(self.white)
        if self.logarithmic and min(black, white) == 0:
            raise InputError("ImagePattern: black and white must be above 0 where the factors between are logarithmic.")
        fine = black * (white / black) ** shares if self.logarithmic else black + (white - black) * shares
        return _overlaps(cells[0], fine.shape[0]) @ fine @ _overlaps(cells[1], fine.shape[1]).T

    def _shares(self, cells, lengths) -> np.ndarray:
        """From 0 for black to 1 for white, (y, z) in the pixels of the picture."""
        picture = read_picture(self.image)
        values, kind = np.asarray(picture.values), picture.values.dtype
        if values.ndim != 2 or not values.size:
            raise InputError(f"{self.image}: a contact takes one picture, not a stack of {values.shape}; save one slice.")
        if picture.levels or "indexed" in picture.format:
            raise InputError(f"{self.image}: is in colours ({picture.format}); save it as a grey picture of 8 or 16 bits.")
        most = float(np.iinfo(kind).max) if np.issubdtype(kind, np.integer) and values.max() > 1 else 1.0
        shares = values.astype(float) / most
        if not (np.isfinite(shares).all() and shares.min() >= 0 and shares.max() <= 1):
            raise InputError(
                f"{self.image}: holds decimals from {values.min():.3g} to {values.max():.3g}, outside [0, 1]; scale them to it,"
                " 0 for black and 1 for white."
            )
        if cells[1] == 1:
            shares = self._of_a_row(shares)
        elif self.row:
            raise InputError("ImagePattern.row: a film with a depth takes the whole picture; leave row out.")
        self._check_pixels(picture, shares.shape, lengths if cells[1] > 1 else lengths[:1])
        return shares.T

    def _of_a_row(self, shares: np.ndarray) -> np.ndarray:
        rows = shares.shape[0]
        if self.row == 0 and rows > 1:
            raise InputError(
                f"{self.image}: has {rows} rows, and this film has no depth; give it one (device.extent.depth), or say which"
                f" row lies along it: row = {(rows + 1) // 2}."
            )
        if self.row > rows:
            raise InputError(f"ImagePattern.row = {int(self.row)} is outside its allowed range [1, {rows}], its rows.")
        return shares[max(int(self.row), 1) - 1][None]

    def _check_pixels(self, picture, shape: tuple[int, ...], lengths) -> None:
        """Refuse pixels that would not be square on this contact, or not of the size that their file says."""
        if self.stretched:
            return
        sizes = [length / count for length, count in zip(lengths, shape[::-1], strict=False)]  # along width and depth
        if max(sizes) > (1 + SQUARE) * min(sizes):
            raise InputError(
                f"{self.image}: {shape[1]} x {shape[0]} pixels on {lengths[0]:.3g} m x {lengths[1]:.3g} m would be"
                f" {sizes[0]:.3g} m x {sizes[1]:.3g} m each; give the film the shape of the picture, cut the picture, or set"
                " stretched = true."
            )
        stated = picture.spacing and picture.spacing[::-1]
        if stated and any(abs(own / size - 1) > SQUARE for own, size in zip(sizes, stated, strict=False)):
            raise InputError(
                f"{self.image}: its pixels are {stated[0]:.3g} m by its own words and {sizes[0]:.3g} m on this contact; make the"
                f" film {stated[0] * shape[1]:.4g} m wide, cut the picture, or set stretched = true."
            )


def _overlaps(cells: int, pixels: int) -> np.ndarray:
    """Share of each cell that each pixel covers, both equal parts of one length."""
    edges, ends = np.linspace(0, 1, cells + 1), np.linspace(0, 1, pixels + 1)
    common = np.minimum(edges[1:, None], ends[1:]) - np.maximum(edges[:-1, None], ends[:-1])
    return np.clip(common, 0, None) * cells
