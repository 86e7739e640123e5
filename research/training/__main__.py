"""Trains the span reader, from the public data sets to the ONNX files.

    uv run --group training python -m research.training DATA OUT

DATA is the folder of the public data sets. OUT gets ``reader.onnx``, and on the way ``data.pkl``, ``checkpoint.pt`` and
``log.csv``, from which an interrupted training continues. The hash of ``reader.onnx`` then belongs into
`assistant.models.onnx_runtime`, and `research.fitting.span_reader` fits what the span reader's log-odds weigh.
"""

import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from assistant.models.weight_files import WEIGHTS_FOLDER
from assistant.models.word_pieces import load_word_pieces
from research.command_line import program_parser
from research.training.data import load_training_data
from research.training.e5_weights import download_e5, read_published
from research.training.export_reader import export_and_validate
from research.training.network import new_network
from research.training.train import TrainOptions, train


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command."""
    parser = program_parser("research.training", __doc__)
    parser.add_argument("data", type=Path, help="has one folder for each public data set")
    parser.add_argument("out", type=Path, help="folder for everything that is made")
    parser.add_argument("--passages", type=int, default=100_000, help="chunks to train on")
    parser.add_argument("--until", type=float, default=0.0, help="Unix time by which to end, if sooner")
    parser.add_argument("--batch", type=int, default=1600, help="model tokens of a batch, with padding")
    parser.add_argument("--threads", type=int, default=2, help="of a CPU")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--validate", type=float, default=900.0, help="seconds of training between validations")
    options = parser.parse_args(arguments)
    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("research").setLevel(logging.INFO)
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    data = load_training_data(options.data, options.out / "data.pkl", options.seed)
    published = read_published(download_e5(options.out))
    network = new_network(published).to("cuda" if torch.cuda.is_available() else "cpu")
    word_pieces = load_word_pieces(WEIGHTS_FOLDER)
    train_options = TrainOptions(
        options.out, options.passages, options.until, options.batch, options.seed, options.validate
    )
    train(data, network, word_pieces, train_options)
    metrics = export_and_validate(data, network, word_pieces, options.out)
    (options.out / "validation.json").write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
