"""A frozen graph's layer in PyTorch, eager, channels_last: a process in an environment of its own.

``python torch_peer.py GRAPH.npz`` (written by :mod:`tests.bench.speed`) answers each line ``HEIGHT WIDTH CHANNEL`` with
the seconds of one gradient and the process's peak memory in MiB.
"""

import json
import resource
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

stored = np.load(sys.argv[1])
graph = json.loads(str(stored["graph"]))
consts = {name[6:]: torch.from_numpy(stored[name]) for name in stored.files if name.startswith("const:")}
MEAN, SCALE = (torch.tensor(graph[name], dtype=torch.float32).view(1, 3, 1, 1) for name in ("mean", "scale"))
KERNELS = {
    node["inputs"][1]: consts[node["inputs"][1]].permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)
    for node in graph["nodes"]
    if node["op"] == "Conv2D"
}


def padded(x, size, strides, node, value):
    if node["padding"] == "VALID":
        return x
    both = [max((-(-side // step) - 1) * step + k - side, 0) for side, step, k in zip(x.shape[-2:], strides, size)]
    (top, left) = (pad // 2 for pad in both)
    return F.pad(x, (left, both[1] - left, top, both[0] - top), value=value) if any(both) else x


def convolution(node, x, name):
    kernel, strides = KERNELS[name], node["strides"][1:3]
    if strides == [1, 1] and node["padding"] == "SAME":
        return F.conv2d(x, kernel, padding="same")
    return F.conv2d(padded(x, kernel.shape[-2:], strides, node, 0.0), kernel, stride=strides)


def pooled(node, x):
    size, strides = node["ksize"][1:3], node["strides"][1:3]
    return F.max_pool2d(padded(x, size, strides, node, -torch.inf), size, strides)


def normalised(node, x):
    size = 2 * node["depth_radius"] + 1
    return F.local_response_norm(x, size, node["alpha"] * size, node["beta"], node["bias"])


def layer(pictures):
    found = {graph["input"]: ((pictures.flip(1) if graph["channel_order"] == "BGR" else pictures) - MEAN) / SCALE}
    for node in graph["nodes"]:
        inputs = [found.get(name, name) for name in node["inputs"]]
        match node["op"]:
            case "Conv2D":
                y = convolution(node, *inputs)
            case "BiasAdd":
                y = inputs[0] + consts[inputs[1]].view(1, -1, 1, 1)
            case "Relu":
                y = F.relu(inputs[0])
            case "MaxPool":
                y = pooled(node, *inputs)
            case "LRN":
                y = normalised(node, *inputs)
            case "Concat" | "ConcatV2":
                y = torch.cat([each for each in inputs if isinstance(each, torch.Tensor)], 1)
            case other:
                raise ValueError(f"no {other} here")
        found[node["name"]] = y
    return y


def gradient(picture, channel):
    x = torch.from_numpy(picture).permute(2, 0, 1)[None].requires_grad_()  # channels_last already: a view of HWC
    score = layer(x)[:, channel].mean()
    return torch.autograd.grad(score, x)[0][0].permute(1, 2, 0).numpy()


for line in sys.stdin:
    height, width, channel = map(int, line.split())
    picture = np.random.default_rng(0).uniform(0, 255, (height, width, 3)).astype(np.float32)
    started = time.perf_counter()
    g = gradient(picture, channel)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(seconds, peak, float(np.abs(g).mean()), flush=True)
