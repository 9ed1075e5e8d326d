"""Impedance spectra: equivalent circuits, consistency, relaxation times."""
