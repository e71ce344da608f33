"""Gradient ascent: objectives, methods, and the one loop that renders a recipe."""
