"""Renders as jobs on worker processes."""
