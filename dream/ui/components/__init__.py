"""Widgets that know nothing of dreams."""
