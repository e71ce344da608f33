"""SqueezeNet's ``fire7`` in PyTorch, eager, channels_last: a process in an environment of its own.

``python torch_peer.py WEIGHTS.npz`` answers each line ``HEIGHT WIDTH CHANNEL`` with the seconds of one gradient and
the process's peak memory in MiB.
"""

import resource
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

weights = np.load(sys.argv[1])
kernels = {
    name[:-2]: torch.from_numpy(np.ascontiguousarray(weights[name].transpose(3, 2, 0, 1))).to(
        memory_format=torch.channels_last
    )
    for name in weights.files
    if name.endswith(".k")
}
biases = {name[:-2]: torch.from_numpy(weights[name]) for name in weights.files if name.endswith(".b")}
MEAN = torch.tensor([104.0, 117.0, 123.0]).view(1, 3, 1, 1)


def same(pictures, size, stride, value):
    both = [max((-(-side // stride) - 1) * stride + size - side, 0) for side in pictures.shape[-2:]]
    (top, left) = (pad // 2 for pad in both)
    return F.pad(pictures, (left, both[1] - left, top, both[0] - top), value=value)


def convolution(x, name, stride=1):
    kernel = kernels[name]
    if stride > 1:
        return F.relu(F.conv2d(same(x, kernel.shape[-1], stride, 0.0), kernel, biases[name], stride=stride))
    return F.relu(F.conv2d(x, kernel, biases[name], padding=kernel.shape[-1] // 2))


def fire7(pictures):
    x = convolution(pictures.flip(1) - MEAN, "conv1", 2)
    for number in range(2, 8):
        if number in (2, 4, 6):
            x = F.max_pool2d(same(x, 3, 2, -torch.inf), 3, 2)
        squeezed = convolution(x, f"fire{number}/squeeze1x1")
        x = torch.cat([convolution(squeezed, f"fire{number}/expand{size}") for size in ("1x1", "3x3")], 1)
    return x


def gradient(picture, channel):
    x = torch.from_numpy(picture).permute(2, 0, 1)[None].requires_grad_()  # channels_last already: a view of HWC
    score = fire7(x)[:, channel].mean()
    return torch.autograd.grad(score, x)[0][0].permute(1, 2, 0).numpy()


for line in sys.stdin:
    height, width, channel = map(int, line.split())
    picture = np.random.default_rng(0).uniform(0, 255, (height, width, 3)).astype(np.float32)
    started = time.perf_counter()
    gradient(picture, channel)
    seconds = time.perf_counter() - started
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, flush=True)
