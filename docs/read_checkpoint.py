"""Runs one episode of a recurrent network with NumPy alone and compares it with the program's own tape.

    hebbscope episode assets/agent.safetensors --seed 7 --out tape.safetensors
    hebbscope render tape.safetensors --at 200 --out tensors.npz
    python3 docs/read_checkpoint.py assets/agent.safetensors tape.safetensors tensors.npz
"""
import json, sys
import numpy as np

def read(path):
    """The tensors of a file by name, and its JSON (docs/file-format.md)."""
    data = open(path, "rb").read()
    begin = 8 + int.from_bytes(data[:8], "little")
    header, kinds, tensors = json.loads(data[8:begin]), {"F32": np.float32, "F16": np.float16}, {}
    about = json.loads(header.pop("__metadata__")["hebbscope"])
    for name, entry in header.items():
        first, end = entry["data_offsets"]
        numbers = np.frombuffer(data[begin + first:begin + end], kinds[entry["dtype"]])
        tensors[name] = numbers.astype(np.float64).reshape(entry["shape"])
    return tensors, about

def written(layer, settings, H, E, before, after, x):
    """H and E after a step, of the two signals that write the trace; x is what the modulator is read from."""
    both, eta, bound = np.outer(before, after), layer.get("eta"), settings["clip"]
    if "mod.weight" in layer:
        M = np.tanh(x @ layer["mod.weight"] + layer["mod.bias"])
        M = layer.get("fanout.weight", 1) * M + layer.get("fanout.bias", 0)
        H = np.clip(H + M * (both if eta is None else E), -bound, bound)
        return H, E if eta is None else (1 - eta) * E + eta * both
    return {"decay": (1 - eta) * H + eta * both, "oja": H + eta * after * (before[:, None] - after * H),
            "clip": np.clip(H + eta * both, -bound, bound)}[settings.get("rule", "decay")], E

def live(layer, settings, inputs):
    """Activities [T, N] and the trace H [N, N] that is left; inputs are what it hears, or what clamps neurons."""
    x, c, H, E, activities = np.zeros(len(layer["w"])), 0, 0 * layer["w"], 0 * layer["w"], []
    for seen in inputs:
        before, free = x, x @ (layer["w"] + layer["alpha"] * H)
        if "x2c.weight" in layer:  # LSTM cells
            opening = [seen @ layer[f"x2{g}.weight"] + x @ layer[f"h2{g}.weight"] + layer[f"{g}.bias"] for g in "ifo"]
            i, f, o = 1 / (1 + np.exp(-np.array(opening)))
            after = np.tanh(seen @ layer["x2c.weight"] + layer["c.bias"] + free)
            c = f * c + i * after
            x = o * np.tanh(c)
        elif "input.weight" in layer:
            after = x = np.tanh(seen @ layer["input.weight"] + layer["input.bias"] + free)
        else:
            after = x = np.where(seen != 0, seen, np.tanh(free))
        activities.append(x)
        H, E = written(layer, settings, H, E, before, after, x)
    return np.array(activities), H

(network, about), (tape, told), seen, pairs = read(sys.argv[1]), read(sys.argv[2]), np.load(sys.argv[3]), {}
if "embedding.weight" in network:
    vocabulary = about["learned_from"]["vocabulary"].split(" ")
    words = [vocabulary.index(word) for word in told["reading"]["words"]]
    x = network["embedding.weight"][words[:-1]]
    for name in sorted({name.split(".")[0] for name in network if name.startswith("lstm")}):
        layer = {key[len(name) + 1:]: value for key, value in network.items() if key.startswith(name + ".")}
        x, H = live(layer, about["settings"], x)
        pairs[f"{name}.H"] = H, seen[f"{name}.H.after"]
    scores = x @ network["output.weight"] + network["output.bias"]
    found = scores[range(len(x)), words[1:]] - np.log(np.exp(scores).sum(axis=1))
    pairs["log_likelihood"] = found, tape["tape.log_likelihood"]
else:
    x, H = live(network, about["settings"], tape.get("tape.observations", tape["tape.drive"]))
    pairs["H"] = H, seen["H.after"]
pairs["x"] = x, tape["tape.activity"]
if "policy.weight" in network:
    pairs["value"] = (x @ network["value.weight"] + network["value.bias"])[:, 0], tape["tape.values"]
differences = {name: float(np.abs(ours - theirs).max()) for name, (ours, theirs) in pairs.items()}
print(json.dumps(differences))
sys.exit(max(differences.values()) > 1e-4)
