"""Balances: laws on grids."""
