"""How quickly an atlas is made: in batches, and one picture after the other. ``python -m tests.bench.atlas``."""

import time

from dream.atlas.renderer import UnitRenderer
from dream.networks.zoo.catalog import load_network

TENSORS = (
    "conv1_pre_relu",
    "fire4_expand3x3_pre_relu",
    "fire7_expand1x1_pre_relu",
    "fire9_expand3x3_pre_relu",
    "logits",
)
BATCH, SINGLE = 64, 6


def main() -> None:
    network = load_network()
    print("| of | in batches of 64, a second | one by one, a second | times |")
    print("|---|---|---|---|")
    for tensor in TENSORS:
        painter = UnitRenderer([network], tensor)
        painter.paint([0, 1])
        started = time.perf_counter()
        painter.paint(list(range(BATCH)))
        together = BATCH / (time.perf_counter() - started)
        painter.paint([0])
        started = time.perf_counter()
        for number in range(SINGLE):
            painter.paint([number])
        alone = SINGLE / (time.perf_counter() - started)
        print(f"| {tensor} | {together:.1f} | {alone:.1f} | {together / alone:.1f} |", flush=True)


if __name__ == "__main__":
    main()
