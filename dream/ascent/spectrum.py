"""Pictures as spectra: coefficients scaled as in natural photos, colours decorrelated, climbed by Adam.

Olah, Mordvintsev, Schubert: Feature Visualization, Distill 2017. Everything here takes one picture, [height, width, 3],
or several of one size side by side, [height, width, pictures, 3].
"""

import numpy as np
import scipy.fft

# Square root of the covariance of ImageNet's colours, columns by importance: light, blue-red, green-magenta.
COLOURS = np.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]], np.float32)
COLOURS /= np.linalg.norm(COLOURS, axis=0).max()
CONTRAST = np.float32(0.25)  # of the spectrum's picture before the colours are mixed
BEGINNING = 0.05  # of the noise, as strong as one step: something must respond to it
DARKEST = 0.02  # a photo's black and white are brought within what the sigmoid can reach


class FourierImage:
    """What is being painted: a spectrum, the picture that it makes, and how it climbs."""

    def __init__(self, start: np.ndarray, from_noise: bool, decay: float) -> None:
        """Begins with a photo, or with noise that is given a natural photo's spectrum.

        Args:
            start: float32 [height, width, 3] or [height, width, pictures, 3], RGB 0..255.
            from_noise: whether it is noise.
            decay: the higher, the weaker the fine detail; 1 is the spectrum of natural photos.
        """
        height, width = self._size = start.shape[:2]
        self._adam = Adam()
        self._scale = natural_spectrum(height, width, decay)[(..., *[None] * (start.ndim - 2))]
        if from_noise:
            strength = np.float32(BEGINNING / (start.std() * np.sqrt(height * width)))
            self._spectrum = spectrum_of(start - start.mean(axis=_within(start), keepdims=True)) * strength
        else:
            light = np.clip(start / 255, DARKEST, 1 - DARKEST)
            colours = np.log(light / (1 - light)) @ np.linalg.inv(COLOURS).T / CONTRAST
            self._spectrum = spectrum_of(colours) / self._scale
        self.picture = picture_of(self._spectrum * self._scale, self._size)

    def ascend(self, g: np.ndarray, rate: float) -> None:
        """Adam's next step along ``g``, the gradient by the picture; changes :attr:`picture`."""
        slope = self.picture * (1 - self.picture / 255)  # of the sigmoid
        size = np.abs(g).mean(axis=_within(g), keepdims=True) + np.float32(1e-12)
        by_colours = (g * slope / size) @ COLOURS
        self._spectrum += self._adam.step(spectrum_of(by_colours) * self._scale) * np.float32(rate)
        self.picture = picture_of(self._spectrum * self._scale, self._size)


def cosine_decay(rate: float, share: float) -> float:
    """A learning rate after a ``share`` 0..1 of the steps: falls to nothing along half a cosine."""
    return rate * (0.5 + 0.5 * np.cos(np.pi * share))


def natural_spectrum(height: int, width: int, decay: float) -> np.ndarray:
    """Size of each frequency: 1/f**decay, of the same mean for every decay; float32 [height, width // 2 + 1]."""
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    frequency = np.maximum(frequency, 1 / max(height, width))
    scale = frequency**-decay * np.mean(1 / frequency) / np.mean(frequency**-decay)
    return (scale * np.sqrt(height * width)).astype(np.float32)


def spectrum_of(pixels: np.ndarray) -> np.ndarray:
    """Pixels -> complex64 [height, width // 2 + 1, …]."""
    return scipy.fft.rfft2(pixels.astype(np.float32, copy=False), axes=(0, 1))


def picture_of(spectrum: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Spectrum with light and colours apart -> float32 RGB within 0..255."""
    pixels = scipy.fft.irfft2(spectrum, size, axes=(0, 1)) @ (COLOURS * CONTRAST).T
    return 255 / (1 + np.exp(-pixels))


def _within(pixels: np.ndarray) -> tuple[int, ...]:
    """The axes of one picture, where there may be several."""
    return (0, 1, pixels.ndim - 1)


class Adam:
    """Kingma and Ba 2014, upwards: each coefficient moves by about one, whatever the size of its gradient."""

    MEMORY, MEMORY_OF_SIZES = 0.9, 0.999

    def __init__(self) -> None:
        self._count = 0
        self._mean: np.ndarray | np.float32 = np.float32(0)
        self._square: np.ndarray | np.float32 = np.float32(0)

    def step(self, g: np.ndarray) -> np.ndarray:
        """The step to take, complex64 as ``g``; real and imaginary parts are coefficients of their own."""
        parts = np.ascontiguousarray(g, np.complex64).view(np.float32)
        self._count += 1
        self._mean = self._mean + np.float32(1 - self.MEMORY) * (parts - self._mean)
        self._square = self._square + np.float32(1 - self.MEMORY_OF_SIZES) * (parts * parts - self._square)
        mean = self._mean / np.float32(1 - self.MEMORY**self._count)
        square = self._square / np.float32(1 - self.MEMORY_OF_SIZES**self._count)
        return (mean / (np.sqrt(square) + np.float32(1e-8))).view(np.complex64)
