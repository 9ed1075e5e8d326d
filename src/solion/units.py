"""Multipliers that turn a number in the named unit into SI: ``80 * nm``, ``50 * mV / s``, ``5 * uA``."""

m = metre = 1.0
mm, um, nm, angstrom = 1e-3, 1e-6, 1e-9, 1e-10
cm = 1e-2

s = second = 1.0
ms, us, ns = 1e-3, 1e-6, 1e-9
minute, hour = 60.0, 3600.0

V = volt = 1.0
mV, uV = 1e-3, 1e-6
A = ampere = 1.0
mA, uA, nA, pA = 1e-3, 1e-6, 1e-9, 1e-12
ohm = 1.0
kohm, Mohm = 1e3, 1e6
S = siemens = 1.0
mS, uS, nS = 1e-3, 1e-6, 1e-9
K = kelvin = 1.0
J = joule = 1.0
mol = 1.0
molar = 1e3  # mol/m3
