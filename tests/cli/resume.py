#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""resume.py PROGRAM COUNT: a training of 200 steps, stopped in one process after each of COUNT different numbers of steps and
resumed in another, writes the same model as one that was never stopped: with momentum of both kinds, early stopping, a
schedule and a short last batch."""
import os
import random
import sys
import tempfile

from program import close, content, fine

STEPS = 200  # 115 of the 144 iris left to train with are 4 batches, one of them short: 50 epochs
SETTINGS = ["iris", "--batch", "32", "--epochs", "50", "--hidden", "6", "--optimizer", "adamw", "--lr", "0.02", "--clip", "1",
            "--schedule", "step", "--warm-up", "10", "--patience", "50", "--class-weights", "balanced", "--quiet"]


def findings(program, count, folder):
    def trained(name, *arguments):
        fine(program, "train", *arguments, "--out", name, "--quiet", folder=folder)
        return content(folder, name, "model.safetensors")
    whole = trained("whole", *SETTINGS)
    for stop in random.Random(1).sample(range(1, STEPS + 1), count):
        fine(program, "train", *SETTINGS, "--stop-after", str(stop), "--out", "stopped", folder=folder)
        if trained("resumed", "--resume", os.path.join("stopped", "checkpoint.safetensors")) != whole:
            yield f"stopped after step {stop} and resumed: another model"
    print(f"stopped after {count} different numbers of steps, resumed to the same bytes each time")


with tempfile.TemporaryDirectory() as temporary:
    close(list(findings(sys.argv[1], int(sys.argv[2]), temporary)))
