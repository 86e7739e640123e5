"""The training itself, on a GPU where there is one, else on the CPU; it goes on from a checkpoint."""

import csv
import logging
import random
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from tokenizers import Tokenizer

from research.training.data import TrainingData
from research.training.network import Network, loss, matched
from research.training.sampling import Coder, Row, Sampler, batches
from research.training.validation import validate

log = logging.getLogger(__name__)

_SAVED = 240.0  # seconds between checkpoints
_WARM = 0.06  # share of the training in which the rate rises
_RATES = (2e-4, 1e-3)  # of the encoder's last layers, of what is new


@dataclass
class Run:
    """Where a training stands."""

    network: Network
    optimiser: torch.optim.Optimizer
    round: int = 0
    passages: int = 0
    seconds: float = 0.0  # of training, without validation and pauses

    def save(self, path: Path) -> None:
        """Writes the checkpoint, whole or not at all."""
        state: dict[str, Any] = {"network": self.network.state_dict(), "optimiser": self.optimiser.state_dict()}
        state |= {"round": self.round, "passages": self.passages, "seconds": self.seconds}
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def load(self, path: Path) -> None:
        """Goes on from a checkpoint."""
        state = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.round, self.passages, self.seconds = state["round"], state["passages"], state["seconds"]


@dataclass(frozen=True)
class Options:
    """How to train."""

    out: Path  # gets ``checkpoint.pt`` and ``log.csv``
    passages: int  # to train on
    until: float  # Unix time by which to end, if sooner; 0 means none
    batch: int  # padded tokens of a batch
    seed: int
    validate: float  # seconds of training between validations


def train(data: TrainingData, network: Network, tokenizer: Tokenizer, options: Options) -> None:
    """Trains until the passages are read or the time is up; the first layers and the embeddings stay as they are."""
    torch.manual_seed(options.seed)
    for parameter in network.parameters():
        parameter.requires_grad = False
    for parameter in chain.from_iterable(network.parts()):
        parameter.requires_grad = True
    groups = [{"params": some, "lr": rate} for some, rate in zip(network.parts(), _RATES, strict=True)]
    run = Run(network, torch.optim.AdamW(groups, weight_decay=0.01))
    checkpoint = options.out / "checkpoint.pt"
    if checkpoint.is_file():
        run.load(checkpoint)
    coder = Coder(data, tokenizer, network)
    sampler, plan = Sampler(data, options.seed), Plan(options.passages, options.until, run.passages)
    saved, checked = time.monotonic(), run.seconds
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[loss]}"))
    with Progress(*columns) as bar, (options.out / "log.csv").open("a", newline="") as lines:
        task, writer = bar.add_task("", total=options.passages, completed=run.passages, loss=""), csv.writer(lines)
        recent: deque[float] = deque(maxlen=24)
        while plan.done(run.passages) < 1:
            rng = random.Random(f"{options.seed} {run.round}")  # noqa: S311 — reproducible on purpose
            for each in batches(sampler.round(run.round), coder, options.batch, rng):
                start = time.monotonic()
                recent.append(_step(run, coder, each, plan))
                run.passages += sum(map(len, each))
                run.seconds += time.monotonic() - start
                bar.update(task, completed=run.passages, loss=f"{np.mean(recent):.3f}")
            run.round += 1
            writer.writerow([run.round, run.passages, f"{run.seconds:.0f}", f"{np.mean(recent):.4f}"])
            lines.flush()
            if run.seconds - checked > options.validate and plan.done(run.passages) < 1:
                log.info("%d passages: %s", run.passages, validate(network, coder, data, limit=150))
                checked = run.seconds
            if time.monotonic() - saved > _SAVED:
                run.save(checkpoint)
                saved = time.monotonic()
    run.save(checkpoint)
    log.info("%d passages: %s", run.passages, validate(network, coder, data))


@dataclass(frozen=True)
class Plan:
    """How far a training is, and so its learning rates: they rise shortly and fall linearly."""

    passages: int  # in all
    until: float  # the time to end by, if sooner; 0 means none
    before: int  # passages read when this run was started
    begun: float = field(default_factory=time.time)

    def done(self, passages: int) -> float:
        """The share that is done, by passages or by time, whichever is more."""
        share = passages / self.passages
        if not self.until:
            return share
        spent = (time.time() - self.begun) / max(1.0, self.until - self.begun)
        first = self.before / self.passages
        return max(share, first + (1 - first) * spent)

    def rates(self, passages: int) -> tuple[float, ...]:
        """The learning rates of the network's parts."""
        done = self.done(passages)
        fall = max(0.02, min(done / _WARM, (1 - done) / (1 - _WARM)))
        return tuple(rate * fall for rate in _RATES)


def _step(run: Run, coder: Coder, groups: list[list[Row]], plan: Plan) -> float:
    rows = [row for group in groups for row in group]
    network, batch = run.network.train(), coder.batch(groups)
    for group, rate in zip(run.optimiser.param_groups, plan.rates(run.passages), strict=True):
        group["lr"] = rate
    match = matched(coder.tokens(rows), batch.types)
    logits = network.together(coder.states(rows), batch.mask, batch.types, match)
    value = loss(logits, batch)
    run.optimiser.zero_grad()
    value.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    run.optimiser.step()
    return value.item()
