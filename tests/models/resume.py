#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""resume.py stop|kill PROGRAM COUNT: a run that was interrupted ends with the same bytes as one that was not.

stop: for each of COUNT steps, one process stops there and another goes on to the end. kill: the processes of one run are
killed COUNT times with SIGKILL, at random moments, most of them while a checkpoint is being saved; each goes on from what the
disk has, which must be no less than the last step that the one before called safe.
"""
import os
import random
import subprocess
import sys
import tempfile
import time


def content(path):
    with open(path, "rb") as file:
        return file.read()


def finish(program, folder, name, steps):
    """Runs to `steps` steps from the checkpoint called `name`; returns the bytes of the result."""
    checkpoint, result = os.path.join(folder, name), os.path.join(folder, name + ".result")
    subprocess.run([program, checkpoint, str(steps), result], stdout=subprocess.DEVNULL, check=True)
    return content(result)


def stop(program, count, folder):
    straight = finish(program, folder, "straight", 200)
    different = []
    for at in random.Random(1).sample(range(1, 201), count):
        finish(program, folder, f"run{at}", at)
        if finish(program, folder, f"run{at}", 200) != straight:
            different.append(at)
    if different:
        sys.exit(f"stopped and resumed at these steps, the run ended otherwise: {sorted(different)}")
    print(f"stopped at {count} steps of 200, resumed to the same bytes each time")


def kill(program, count, folder):
    dice = random.Random(2)
    checkpoint, result = os.path.join(folder, "run"), os.path.join(folder, "run.result")
    safe, unfinished = 0, 0
    for number in range(count):
        with subprocess.Popen([program, checkpoint, "1000000000", result], stdout=subprocess.PIPE, text=True) as run:
            lines = dice.randrange(1, 6)  # the first one says where the run begins
            for line in range(lines):
                said = int(run.stdout.readline())
                if line == 0 and said < safe:
                    sys.exit(f"kill {number}: step {safe} was called safe, and the run goes on from {said}")
                safe = max(safe, said)
            time.sleep(dice.uniform(0, 0.004))
            run.kill()
            rest = run.stdout.read().split("\n")  # the last line may be cut short; it ends without \n
            safe = max([safe] + [int(said) for said in rest[:-1]])
        unfinished += os.path.exists(checkpoint + ".saving")
    if finish(program, folder, "run", safe + 20) != finish(program, folder, "straight", safe + 20):
        sys.exit(f"after {count} kills the run ended otherwise than one that was never killed")
    print(f"killed {count} times, {unfinished} of them while saving; {safe} steps called safe, none lost; the same bytes at the end")


def main(how, program, count):
    with tempfile.TemporaryDirectory() as folder:
        {"stop": stop, "kill": kill}[how](program, int(count), folder)


main(*sys.argv[1:])
