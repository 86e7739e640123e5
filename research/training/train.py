"""The training itself, on a GPU where there is one, else on the CPU; it continues from a checkpoint."""

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

from assistant.models.word_pieces import WordPieces
from research.training.data import TrainingData
from research.training.encoding import ChunkEncoder, make_batches
from research.training.network import Network, loss, match_feature
from research.training.sampling import Sampler, TrainingRow
from research.training.validation import validate

log = logging.getLogger(__name__)

_CHECKPOINT_INTERVAL_SECONDS = 240.0
_WARM_UP_SHARE = 0.06  # of the training, in which the learning rate rises
_MIN_RATE_SHARE = 0.02  # of the full learning rate
_LEARNING_RATES = (2e-4, 1e-3)  # of the encoder's last layers, of what is new
_RECENT_BATCHES = 24  # over which the printed loss is averaged
_INTERIM_QUESTIONS = 150  # of each kind, in the validations during training


@dataclass
class TrainingState:
    """Where a training stands."""

    network: Network
    optimiser: torch.optim.Optimizer
    round: int = 0
    chunks: int = 0  # trained on so far
    seconds: float = 0.0  # of training, without validation and pauses

    def save(self, path: Path) -> None:
        """Writes the checkpoint, completely or not at all."""
        state: dict[str, Any] = {"network": self.network.state_dict(), "optimiser": self.optimiser.state_dict()}
        state |= {"round": self.round, "passages": self.chunks, "seconds": self.seconds}
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def load(self, path: Path) -> None:
        """Continues from a checkpoint."""
        state = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.round, self.chunks, self.seconds = state["round"], state["passages"], state["seconds"]


@dataclass(frozen=True)
class TrainOptions:
    """How to train."""

    out: Path  # gets ``checkpoint.pt`` and ``log.csv``
    chunks: int  # to train on
    until: float  # Unix time by which to end, if sooner; 0 means none
    batch_tokens: int  # model tokens of a batch, with padding
    seed: int
    validation_interval: float  # seconds of training between validations


def train(data: TrainingData, network: Network, word_pieces: WordPieces, options: TrainOptions) -> None:
    """Trains until all chunks are read or the time is up; the first layers and the embeddings stay as published."""
    torch.manual_seed(options.seed)
    state = _start_state(network)
    checkpoint = options.out / "checkpoint.pt"
    if checkpoint.is_file():
        state.load(checkpoint)
    encoder = ChunkEncoder(data, word_pieces, network)
    sampler, schedule = Sampler(data, options.seed), Schedule(options.chunks, options.until, state.chunks)
    saved_at, validated_at = time.monotonic(), state.seconds
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[loss]}"))
    with Progress(*columns) as bar, (options.out / "log.csv").open("a", newline="") as log_file:
        task, writer = bar.add_task("", total=options.chunks, completed=state.chunks, loss=""), csv.writer(log_file)
        recent_losses: deque[float] = deque(maxlen=_RECENT_BATCHES)
        while schedule.done(state.chunks) < 1:
            rng = random.Random(f"{options.seed} {state.round}")  # noqa: S311 — reproducible on purpose
            for batch in make_batches(sampler.round(state.round), encoder, options.batch_tokens, rng):
                started = time.monotonic()
                recent_losses.append(_train_batch(state, encoder, batch, schedule))
                state.chunks += sum(map(len, batch))
                state.seconds += time.monotonic() - started
                bar.update(task, completed=state.chunks, loss=f"{np.mean(recent_losses):.3f}")
            state.round += 1
            writer.writerow([state.round, state.chunks, f"{state.seconds:.0f}", f"{np.mean(recent_losses):.4f}"])
            log_file.flush()
            is_due = state.seconds - validated_at > options.validation_interval
            if is_due and schedule.done(state.chunks) < 1:
                metrics = validate(network, encoder, data, limit=_INTERIM_QUESTIONS)
                log.info("%d passages: %s", state.chunks, metrics)
                validated_at = state.seconds
            if time.monotonic() - saved_at > _CHECKPOINT_INTERVAL_SECONDS:
                state.save(checkpoint)
                saved_at = time.monotonic()
    state.save(checkpoint)
    log.info("%d passages: %s", state.chunks, validate(network, encoder, data))


def _start_state(network: Network) -> TrainingState:
    """A new training of the network's last layers and of what isn't the encoder's."""
    for parameter in network.parameters():
        parameter.requires_grad = False
    for parameter in chain.from_iterable(network.trained_parameters()):
        parameter.requires_grad = True
    groups = [
        {"params": parameters, "lr": rate}
        for parameters, rate in zip(network.trained_parameters(), _LEARNING_RATES, strict=True)
    ]
    return TrainingState(network, torch.optim.AdamW(groups, weight_decay=0.01))


@dataclass(frozen=True)
class Schedule:
    """How far a training is, and so its learning rates: they rise for a short while and then fall linearly."""

    chunks: int  # in all
    until: float  # the Unix time to end by, if sooner; 0 means none
    chunks_before: int  # trained on when this process started
    started: float = field(default_factory=time.time)

    def done(self, chunks: int) -> float:
        """The share that is done, by chunks or by time, whichever is more."""
        share = chunks / self.chunks
        if not self.until:
            return share
        time_share = (time.time() - self.started) / max(1.0, self.until - self.started)
        share_before = self.chunks_before / self.chunks
        return max(share, share_before + (1 - share_before) * time_share)

    def learning_rates(self, chunks: int) -> tuple[float, ...]:
        """The learning rates of the encoder's last layers and of what is new."""
        done = self.done(chunks)
        factor = max(_MIN_RATE_SHARE, min(done / _WARM_UP_SHARE, (1 - done) / (1 - _WARM_UP_SHARE)))
        return tuple(rate * factor for rate in _LEARNING_RATES)


def _train_batch(
    state: TrainingState, encoder: ChunkEncoder, questions: list[list[TrainingRow]], schedule: Schedule
) -> float:
    """One step of the optimiser; returns the loss."""
    rows = [row for question_rows in questions for row in question_rows]
    network, batch = state.network.train(), encoder.batch(questions)
    for group, rate in zip(state.optimiser.param_groups, schedule.learning_rates(state.chunks), strict=True):
        group["lr"] = rate
    match = match_feature(encoder.tokens(rows), batch.types)
    logits = network.joint_logits(encoder.states(rows), batch.mask, batch.types, match)
    batch_loss = loss(logits, batch)
    state.optimiser.zero_grad()
    batch_loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    state.optimiser.step()
    return batch_loss.item()
