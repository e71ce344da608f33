"""Trained networks: frozen graphs with their layers, their classes and their gradients."""
