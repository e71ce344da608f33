"""Networks with a name: which there are and where each comes from."""
