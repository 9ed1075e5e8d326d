"""Grains: tessellations, their outlines, and labelled images."""
