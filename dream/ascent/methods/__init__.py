"""The methods, by the kind that recipes name; each in a file of its own."""

from collections.abc import Callable, Iterator

from dream.ascent.methods.dream import dream
from dream.ascent.methods.enlarge import enlarge
from dream.ascent.methods.fourier import fourier
from dream.ascent.methods.naive import naive
from dream.ascent.methods.octaves import laplacian, octaves
from dream.ascent.methods.spectral import spectral
from dream.ascent.methods.step import Ascent, Look, Step
from dream.ascent.methods.zoom import zoom

METHODS: dict[str, Callable[..., Iterator[Step]]] = {
    method.__name__: method for method in (naive, octaves, laplacian, dream, fourier, spectral, zoom, enlarge)
}

__all__ = ["METHODS", "Ascent", "Look", "Step"]
