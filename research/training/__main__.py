"""From the data to the ONNX files: ``uv run --group training python -m research.training DATA OUT``.

DATA is the folder of the public sets. OUT gets ``reader.onnx``, and on the way ``data.pkl``, ``checkpoint.pt`` and
``log.csv``, from which an interrupted training goes on. The hash of ``reader.onnx`` belongs into
`assistant.models.onnx_runtime`; then `research.fitting.reader_weight` fits how much the reader's word weighs.
"""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer

from research.training.data import load
from research.training.export_minilm import fetch
from research.training.export_reader import ship
from research.training.network import published
from research.training.train import Options, train


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command."""
    parser = argparse.ArgumentParser(prog="python -m research.training", description="Train the reader.")
    parser.add_argument("data", type=Path, help="folder of the public sets, a folder each")
    parser.add_argument("out", type=Path, help="folder for everything that is made")
    parser.add_argument("--passages", type=int, default=100_000, help="passages to train on")
    parser.add_argument("--until", type=float, default=0.0, help="Unix time by which to end, if sooner")
    parser.add_argument("--batch", type=int, default=1600, help="padded tokens of a batch")
    parser.add_argument("--threads", type=int, default=2, help="of a CPU")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--validate", type=float, default=900.0, help="seconds of training between validations")
    given = parser.parse_args(arguments)
    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("assistant").setLevel(logging.INFO)
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    given.out.mkdir(parents=True, exist_ok=True)
    if not (given.out / "model.safetensors").is_file():
        fetch(given.out)
    data = load(given.data, given.out / "data.pkl", given.seed)
    network = published(given.out / "model.safetensors").to("cuda" if torch.cuda.is_available() else "cpu")
    tokenizer = given.out / "tokenizer.json"
    options = Options(given.out, given.passages, given.until, given.batch, given.seed, given.validate)
    train(data, network, Tokenizer.from_file(str(tokenizer)), options)
    figures = ship(data, network, tokenizer, given.out)
    (given.out / "validation.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
