"""Meshes of simplices that conform to grains and layers."""
