"""Choosers: widgets for network, objective, method, comparison axes and gallery filters."""
