"""Running dreams and keeping them."""
