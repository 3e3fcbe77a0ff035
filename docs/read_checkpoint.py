"""Runs one episode of a recurrent network with NumPy alone and compares it with the program's own tape.

    hebbscope episode assets/agent.safetensors --seed 7 --out tape.safetensors
    hebbscope render tape.safetensors --at 200 --out tensors.npz
    python3 docs/read_checkpoint.py assets/agent.safetensors tape.safetensors tensors.npz
"""
import json
import sys

import numpy as np


def read(path):
    """The tensors of a file by name, and its JSON (docs/file-format.md)."""
    data = open(path, "rb").read()
    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begin])
    about = json.loads(header.pop("__metadata__")["hebbscope"])
    kinds = {"F32": np.float32, "F16": np.float16}
    tensors = {}
    for name, entry in header.items():
        first, end = entry["data_offsets"]
        numbers = np.frombuffer(data[begin + first:begin + end], kinds[entry["dtype"]])
        tensors[name] = numbers.astype(np.float64).reshape(entry["shape"])
    return tensors, about


def live(network, settings, inputs):
    """Activities x [T, N] and the trace H [N, N] that is left; inputs are what an agent sees, or what clamps neurons."""
    neurons = len(network["w"])
    x, H, E, activities = np.zeros(neurons), np.zeros((neurons, neurons)), np.zeros((neurons, neurons)), []
    for seen in inputs:
        before, free = x, x @ (network["w"] + network["alpha"] * H)
        if "input.weight" in network:
            x = np.tanh(seen @ network["input.weight"] + network["input.bias"] + free)
        else:
            x = np.where(seen != 0, seen, np.tanh(free))
        activities.append(x)
        both, eta, bound = np.outer(before, x), network.get("eta"), settings["clip"]
        if "mod.weight" in network:
            M = np.tanh(x @ network["mod.weight"] + network["mod.bias"])
            M = network.get("fanout.weight", 1) * M + network.get("fanout.bias", 0)
            H = np.clip(H + M * (both if eta is None else E), -bound, bound)
            E = E if eta is None else (1 - eta) * E + eta * both
        else:
            H = {"decay": (1 - eta) * H + eta * both, "oja": H + eta * x * (before[:, None] - x * H),
                 "clip": np.clip(H + eta * both, -bound, bound)}[settings["rule"]]
    return np.array(activities), H


network, about = read(sys.argv[1])
tape, _ = read(sys.argv[2])
x, H = live(network, about["settings"], tape.get("tape.observations", tape["tape.drive"]))
pairs = {"x": (x, tape["tape.activity"]), "H": (H, np.load(sys.argv[3])["H.after"])}
if "policy.weight" in network:
    pairs["value"] = ((x @ network["value.weight"] + network["value.bias"])[:, 0], tape["tape.values"])
differences = {name: float(np.abs(ours - theirs).max()) for name, (ours, theirs) in pairs.items()}
print(json.dumps(differences))
sys.exit(max(differences.values()) > 1e-4)
