"""Handwritten digits learned by pulses of a magnesium synapse, and what is left of them after an hour and a day at rest.

Needs scikit-learn (the extra ``classify``) for its 1797 digits of 8 x 8. The weights of a network 64, 32, 10 are devices: each
update gives every weight a whole number of pulses, whose steps are those of the exported map.
"""

import dataclasses

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import solion as so
from solion.compact import CompactCell, Segment, current_drive, sequence

SEED, EPOCHS, BATCH = 0, 12, 10
IMAGES, DIGITS = load_digits(return_X_y=True)
X, TEST, Y, TEST_Y = train_test_split(IMAGES / 16, DIGITS, test_size=0.25, random_state=0, stratify=DIGITS)


def period(current):
    return sequence(Segment(current_drive(current, 6e-5), 0.5), Segment(current_drive(0.0), 10.0))


def forward(weights, images):
    """Hidden cells and the probability of each digit; the last row of each layer is its bias."""
    hidden = 1 / (1 + np.exp(-(images @ weights[0][:-1] + weights[0][-1])))
    scores = hidden @ weights[1][:-1] + weights[1][-1]
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return hidden, scores / scores.sum(axis=1, keepdims=True)


def accuracy(weights):
    return float(np.mean(forward(weights, TEST)[1].argmax(axis=1) == TEST_Y))


def learn(update, rate):
    """Stochastic gradient descent; ``update(layer, weights, change)`` says what a wanted change makes of the weights."""
    random = np.random.default_rng(SEED)
    weights = [random.uniform(-1, 1, (n + 1, m)) / np.sqrt(n) for n, m in ((64, 32), (32, 10))]
    for _ in range(EPOCHS):
        for batch in np.array_split(random.permutation(len(X)), len(X) // BATCH):
            hidden, found = forward(weights, X[batch])
            wrong = (found - np.eye(10)[Y[batch]]) / len(batch)
            back = (wrong @ weights[1][:-1].T) * hidden * (1 - hidden)
            for layer, (before, error) in enumerate(((X[batch], back), (hidden, wrong))):
                gradient = np.vstack([before.T @ error, error.sum(axis=0)])
                weights[layer] = update(layer, weights[layer], -rate * gradient)
    return weights


device = so.study.load("magnesium-synapse").device
cell = dataclasses.replace(CompactCell.of(device), share=0.0, supply=0.0136155)  # a reservoir without end
nodes = so.export.pulse_nodes(cell, period(10e-6), period(-10e-6), (2.5e-6, 334e-6))
map_ = so.export.piecewise_step(nodes)
rounding = np.random.default_rng(1)
synapses = [so.export.WeightDevices(map_, shape, seed=2) for shape in ((65, 32), (33, 10))]


def pulsed(layer, weights, change):
    wanted = change / map_["dw_min"]
    return synapses[layer].pulses(weights, np.floor(wanted + rounding.random(wanted.shape)).astype(int))


ideal = accuracy(learn(lambda _, weights, change: weights + change, 0.2))
weights = learn(pulsed, 0.4)
learned = accuracy(weights)
print(f"floating point {ideal:.3f}, synapses {learned:.3f} (one step is {map_['dw_min']:.3f} of half the range)")

# read as pairs: a weight is the difference of two conductances, one of them the lowest
span = nodes.high - nodes.low
pairs = [[nodes.low + np.maximum(sign * layer, 0) * span for sign in (1, -1)] for layer in weights]
after, times = {}, (60.0, 3600.0, 86400.0)
for time, row in zip(times, so.export.retention_map(cell, nodes.conductance, times), strict=True):
    left = [(np.interp(up, nodes.conductance, row) - np.interp(down, nodes.conductance, row)) / span for up, down in pairs]
    after[time] = accuracy(left)
    print(f"after {time:g} s at rest {after[time]:.3f}")

assert ideal > 0.95
assert learned > 0.90
assert after[60.0] > 0.94
assert after[86400.0] < 0.2  # every cell has gone to the conductance at which its reservoir rests
