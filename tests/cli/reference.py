# SPDX-License-Identifier: MIT
"""What a model file says of samples, by the formulas and in double: nothing here is the program's own."""
import json
import math
import struct


class Model:
    def __init__(self, content):
        size, = struct.unpack_from("<Q", content)
        header = json.loads(content[8:8 + size])
        self.about = header.pop("__metadata__")
        self.classes, self.features = (json.loads(self.about[name]) for name in ("class_names", "feature_names"))
        self.shift, self.divisor = (json.loads(self.about[name]) for name in ("scale.shift", "scale.divisor"))
        arrays = {}
        for name, entry in header.items():
            assert entry["dtype"] == "F32", entry
            begin, end = entry["data_offsets"]
            arrays[name] = struct.unpack(f"<{(end - begin) // 4}f", content[8 + size + begin:8 + size + end])
        self.layers = [(arrays[f"model.layers.{i}.W"], arrays[f"model.layers.{i}.b"])
                       for i in range(len(arrays) // 2)]

    def probabilities(self, row):
        """softmax of W'relu(… relu(W'x + b) …) + b, W with a row for each input."""
        x = [(v - s) / d for v, s, d in zip(row, self.shift, self.divisor)]
        for i, (weights, bias) in enumerate(self.layers):
            if i > 0:
                x = [max(v, 0.0) for v in x]
            x = [b + math.fsum(v * weights[k * len(bias) + j] for k, v in enumerate(x)) for j, b in enumerate(bias)]
        top = max(x)
        powers = [math.exp(v - top) for v in x]
        return [p / math.fsum(powers) for p in powers]


def largest(row):
    return row.index(max(row))


class Report:
    """Of a model on rows and the names of their classes."""

    def __init__(self, model, rows, names):
        truth = [model.classes.index(name) for name in names]
        shares = [model.probabilities(row) for row in rows]
        guess = [largest(row) for row in shares]
        n, classes = len(rows), len(model.classes)
        self.samples = n
        self.loss = -math.fsum(math.log(row[k]) for row, k in zip(shares, truth)) / n
        self.confusion = [[sum(t == i and g == j for t, g in zip(truth, guess)) for j in range(classes)] for i in range(classes)]
        self.accuracy = sum(self.confusion[k][k] for k in range(classes)) / n
        scores = []
        for k in range(classes):
            occurs, guessed = sum(self.confusion[k]), sum(line[k] for line in self.confusion)
            if occurs + guessed > 0:
                scores.append(2 * self.confusion[k][k] / (occurs + guessed))
        self.macro_f1 = math.fsum(scores) / len(scores)
        gaps = [0.0] * 15  # over the intervals (b/15, (b + 1)/15] of the largest probability
        for row, k, g in zip(shares, truth, guess):
            gaps[max(0, math.ceil(row[g] * 15) - 1)] += (g == k) - row[g]
        self.calibration_error = math.fsum(map(abs, gaps)) / n

    def differs(self, said, prefix=""):
        """What a JSON object says otherwise. Scores are computed in float: a relative error of some 1e-7 in each probability."""
        return [f"{prefix}{name} is {said[prefix + name]}, by the formula {getattr(self, name)}"
                for name in ("loss", "accuracy", "macro_f1", "calibration_error", "samples", "confusion")
                if prefix + name in said and not alike(said[prefix + name], getattr(self, name))]

    def line(self, part):
        """As the program prints it."""
        return (f"{part:<5}  loss {self.loss:.4f}   accuracy {self.accuracy:.4f}   macro-F1 {self.macro_f1:.4f}   "
                f"calibration error {self.calibration_error:.4f}   ({self.samples} samples)\n")


def alike(x, y):
    return x == y if isinstance(y, (list, int)) else math.isclose(x, y, rel_tol=2e-6, abs_tol=1e-9)
