"""Writes the files beside it with PyTorch and NumPy themselves: python make.py

Number k of the tensor with n letters in its name is ((37 k + 11 n) mod 129 − 64) / 256, exact in every precision.
"""
import collections

import numpy as np
import torch

NEURONS, INPUTS, ACTIONS = 6, 16, 4
SHAPES = {
    "w": [NEURONS, NEURONS], "alpha": [NEURONS, NEURONS], "etaet": [1],
    "i2h.weight": [NEURONS, INPUTS], "i2h.bias": [NEURONS],
    "h2o.weight": [ACTIONS, NEURONS], "h2o.bias": [ACTIONS], "h2v.weight": [1, NEURONS], "h2v.bias": [1],
    "h2DA.weight": [1, NEURONS], "h2DA.bias": [1], "modfanout.weight": [NEURONS, 1], "modfanout.bias": [NEURONS],
}


def tensor(name):
    count = int(np.prod(SHAPES[name]))
    values = [((37 * k + 11 * len(name)) % 129 - 64) / 256 for k in range(count)]
    return np.array(values, np.float32).reshape(SHAPES[name])


tensors = {name: torch.tensor(tensor(name)) for name in SHAPES}
torch.save(collections.OrderedDict(tensors), "retroactive.pt")

# As trainings save them: in a dictionary, with names of modules, beside an optimiser, as parameters; one matrix lies
# column by column, another is a part of something larger, and some are of other precisions.
inside = {"module." + name: torch.nn.Parameter(value) for name, value in tensors.items()}
inside["module.w"] = tensors["w"].t().contiguous().t()
larger = torch.zeros(5 + 6 * 6)
larger[5:] = tensors["alpha"].reshape(-1)
inside["module.alpha"] = larger[5:].view(6, 6).unsqueeze(0)
inside["module.i2h.weight"] = tensors["i2h.weight"].double()
inside["module.i2h.bias"] = tensors["i2h.bias"].half()
inside["module.h2o.weight"] = tensors["h2o.weight"].bfloat16()
inside["module.etaet"] = tensors["etaet"][0]
optimiser = torch.optim.Adam(value for value in inside.values() if isinstance(value, torch.nn.Parameter))
torch.save({"epoch": 3, "state_dict": inside, "optimizer": optimiser.state_dict(), "steps": torch.tensor([3])}, "wrapped.dat")

torch.save(collections.OrderedDict(tensors), "old.pt", _use_new_zipfile_serialization=False)

arrays = {name: tensor(name) for name in SHAPES}
arrays["w"] = np.asfortranarray(arrays["w"])
arrays["alpha"] = arrays["alpha"].astype(">f8")
np.savez_compressed("retroactive.npz", labels=np.array([{"a": 1}], dtype=object), **arrays)
