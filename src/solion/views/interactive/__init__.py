"""Figures of views as Bokeh models, for pages in which a reader can hover, zoom and move through time.

A view is drawn once, with Matplotlib; what stands in its figure is read off and drawn again. Views know nothing of this room, so
that a user's own view becomes interactive as it is.
"""
