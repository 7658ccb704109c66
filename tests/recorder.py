#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Infoplane developers
"""The recorder writes dumps that open, whatever happens to it: recorder.py FOLDER INFOPLANE_CLI"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import types
import warnings

import h5py
import numpy as np

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import infoplane_recorder  # noqa: E402
from infoplane_recorder import Recorder, keras_callback  # noqa: E402

CLI = pathlib.Path(sys.argv[2]).resolve()
N = 30
INPUTS = np.arange(N * 4, dtype="float32").reshape(N, 4) / 100
LABELS = np.arange(N) % 3


class Skip(Exception):
    pass


def inspect(path):
    return json.loads(subprocess.run([CLI, "inspect", "--json", path], check=True,
                                     capture_output=True, text=True).stdout)


def layers_at(epoch):
    return {"z/first": np.tanh(INPUTS * (epoch + 1)), "a.second": INPUTS[:, :2].reshape(N, 2, 1)}


def check_snapshots(path, epochs):
    with h5py.File(path, "r", libver="latest", swmr=True) as file:
        assert list(file["epochs"]) == epochs, list(file["epochs"])
        for row, epoch in enumerate(epochs):
            for name, values in layers_at(epoch).items():
                assert (file["layers"][name]["activations"][row] == values).all(), (name, epoch)
            assert file["metrics/loss"][row] == 1 / (epoch + 1)


def raises(kind, text, function, *arguments, **named):
    try:
        function(*arguments, **named)
    except kind as error:
        assert text in str(error), error
        return
    raise AssertionError(f"no {kind.__name__}: {text}")


def test_append():
    recorder = Recorder("run.h5", data=INPUTS, labels=LABELS, title="A run",
                        class_names=["red", "green", "blue"],
                        activations={"z/first": "tanh"},
                        run={"seed": 7, "optimizer": "sgd", "widths": (4, 2)})
    for row, epoch in enumerate((0, 1, 5)):
        recorder.append(epoch, layers_at(epoch), {"loss": 1 / (epoch + 1)},
                        {"a.second": {"weight_norm": 2.5}})
        dump = inspect("run.h5")
        assert dump["epochs"] == [0, 1, 5][:row + 1], "seen while it is written"
    recorder.close()
    check_snapshots("run.h5", [0, 1, 5])
    dump = inspect("run.h5")
    assert dump["title"] == "A run" and dump["samples"] == N and dump["warnings"] == [], dump
    assert [layer["name"] for layer in dump["layers"]] == ["z/first", "a.second"], dump
    assert [layer["activation"] for layer in dump["layers"]] == ["tanh", ""], dump
    assert dump["labels"]["classes"] == 3, dump
    with h5py.File("run.h5") as file:
        assert (file["inputs"][()] == INPUTS).all() and (file["labels"][()] == LABELS).all()
        assert file["layers/a.second/weight_norm"][2] == 2.5
        assert np.isnan(file["layers/z/first/weight_norm"][2])
        assert file["run"].attrs["widths"] == "(4, 2)" and file["run"].attrs["seed"] == 7
        assert file["layers/z/first/activations"].chunks[0] == 1


def test_refuses_to_overwrite():
    pathlib.Path("kept.h5").write_text("something else")
    raises(FileExistsError, "kept.h5", Recorder, "kept.h5", data=INPUTS)
    late = Recorder("late.h5", data=INPUTS)
    pathlib.Path("late.h5").write_text("something else")
    raises(FileExistsError, "late.h5", late.append, 0, layers_at(0))
    assert pathlib.Path("late.h5").read_text() == "something else"
    os.symlink("nowhere", "dangling.h5")
    raises(FileExistsError, "dangling.h5", Recorder, "dangling.h5", data=INPUTS)
    assert not list(pathlib.Path().glob("*.partial"))


def test_kill():
    """At every step of the first three snapshots."""
    killed, step = True, 0
    while killed:
        name = f"killed-{step}.h5"
        child = os.fork()
        if child == 0:
            record_until_killed(name, step)
        killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
        complete = step // steps_of_snapshot()
        if step == 0:
            assert not inspect(name)["epochs"]
        elif step % 7 == 0 or not killed:
            assert inspect(name)["epochs"] == list(range(complete)), (step, inspect(name))
        check_snapshots(name, list(range(complete)))
        os.remove(name)
        step += 1
    assert step == 3 * steps_of_snapshot() + 1, step


def steps_of_snapshot():
    return 2 * 4 + 1 + 1  # activations and statistics of two layers, a metric, the epoch


def record_until_killed(name, step):
    put, left = infoplane_recorder._put, [step]

    def count(dataset, row, value):
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        put(dataset, row, value)

    infoplane_recorder._put = count
    recorder = Recorder(name, data=INPUTS, labels=LABELS)
    for epoch in range(3):
        recorder.append(epoch, layers_at(epoch), {"loss": 1 / (epoch + 1)})
    os._exit(0)


def test_epochs():
    recorder = Recorder("log.h5")
    due = [epoch for epoch in range(10001) if recorder.due(epoch)]
    assert due[:12] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12], due
    assert {100, 1000, 10000} < set(due)
    for decade in (100, 1000):
        assert sum(decade <= epoch < 10 * decade for epoch in due) == 16
    assert [e for e in range(9) if Recorder("x.h5", epochs=4).due(e)] == [0, 4, 8]
    assert [e for e in range(9) if Recorder("x.h5", epochs=[2, 3]).due(e)] == [2, 3]


def test_samples():
    for name in ("one.h5", "two.h5"):
        with Recorder(name, data=INPUTS, labels=LABELS, samples=10, seed=3) as recorder:
            recorder.append(0, {"fc1": INPUTS[recorder.chosen]})
    with h5py.File("one.h5") as one, h5py.File("two.h5") as two:
        assert (one["inputs"][()] == two["inputs"][()]).all()
        assert (one["inputs"][()] == one["layers/fc1/activations"][0]).all()
        assert len(one["labels"]) == 10 and one["run"].attrs["evaluation_samples"] == 10


def test_types():
    with warnings.catch_warnings(record=True) as caught, \
            Recorder("half.h5", labels=["cat", "dog", "cat"], dtype="float16") as recorder:
        warnings.simplefilter("always")
        recorder.append(0, {"fc1": [[1.0], [0.1], [np.inf]]})
        assert not caught
        recorder.append(1, {"fc1": [[1e6], [0.1], [-1]]})
        assert "fc1" in str(caught[0].message)
    dump = inspect("half.h5")
    assert dump["layers"][0]["dtype"] == "float16", dump
    assert dump["labels"]["classes"] == 2, dump
    with h5py.File("half.h5") as file:
        assert file["layers/fc1/activations"][0, 1, 0] == np.float16(0.1)
    raises(ValueError, "int8", Recorder, "x.h5", dtype="int8")


def test_mistakes():
    raises(ValueError, "30 inputs, but 29", Recorder, "x.h5", data=INPUTS, labels=LABELS[1:])
    raises(ValueError, "needs data", Recorder, "x.h5", model=object())
    with Recorder("short.h5", data=INPUTS) as recorder:
        raises(ValueError, "30 inputs, but 7", recorder.append, 0, {"fc1": INPUTS[:7]})
    assert not os.path.exists("short.h5")
    with Recorder("mistakes.h5", data=INPUTS) as recorder:
        recorder.append(0, {"fc1": INPUTS, "fc2": INPUTS}, {"loss": 1})
        raises(ValueError, "fc3", recorder.append, 1, {"fc3": INPUTS})
        raises(ValueError, "fc2 is missing", recorder.append, 1, {"fc1": INPUTS})
        raises(ValueError, "fc1", recorder.append, 1, {"fc1": INPUTS[:, :2], "fc2": INPUTS})
        raises(ValueError, "accuracy", recorder.append, 1, {"fc1": INPUTS, "fc2": INPUTS},
               {"accuracy": 1})
        recorder.append(1, {"fc1": INPUTS, "fc2": INPUTS})
    with h5py.File("mistakes.h5") as file:
        assert list(file["epochs"]) == [0, 1] and np.isnan(file["metrics/loss"][1])


def import_torch():
    try:
        import torch
    except ImportError:
        raise Skip("PyTorch is not here") from None
    torch.manual_seed(0)
    torch.set_num_threads(1)
    return torch


def test_torch():
    torch = import_torch()
    nn = torch.nn
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 5),
                          nn.BatchNorm1d(5), nn.Tanh(), nn.Dropout(), nn.Linear(5, 3),
                          nn.Softmax(1))
    model[4].eval()
    images = torch.randn(N, 1, 4, 4)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    gradients = []
    with Recorder("torch.h5", model, images, LABELS, batch_size=7, epochs=[0, 2],
                  gradients=True) as recorder:
        for epoch in range(3):
            gradients.clear()
            for part in torch.arange(N).split(10):
                loss = -model(images[part])[range(10), LABELS[part]].log().mean()
                optimizer.zero_grad()
                loss.backward()
                recorder.after_backward()
                gradients.append(model[3].weight.grad.double().numpy().copy())
                optimizer.step()
            assert recorder.after_epoch(epoch, loss=float(loss.detach())) == (epoch != 1)
    assert model.training and model[3].training and not model[4].training, "modes are restored"

    dump = inspect("torch.h5")
    described = [(layer["name"], layer["kind"], layer["activation"]) for layer in dump["layers"]]
    assert described == [("0", "conv", "relu"), ("3", "dense", "tanh"), ("7", "dense", "softmax")]
    assert dump["epochs"] == [0, 2], dump
    model.eval()
    with torch.no_grad(), h5py.File("torch.h5") as file:
        for name, last in (("0", 2), ("3", 6), ("7", 9)):
            answers = model[:last](images).numpy()
            assert np.allclose(file["layers"][name]["activations"][1], answers, atol=1e-6)
        assert file.attrs["framework"].startswith("pytorch ")
        group = file["layers/3"]
        assert np.isclose(group["weight_norm"][1], np.linalg.norm(model[3].weight))
        assert np.isclose(group["grad_mean"][1], np.linalg.norm(np.mean(gradients, axis=0)), 1e-4)
        assert np.isclose(group["grad_std"][1], np.linalg.norm(np.std(gradients, axis=0)), 1e-4)


def test_torch_chosen():
    torch = import_torch()

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = torch.nn.Linear(4, 8)
            self.attention = torch.nn.MultiheadAttention(8, 2, batch_first=True)
            self.unused = torch.nn.Linear(8, 8)

        def forward(self, x):
            x = torch.relu(self.embed(x)).unsqueeze(1).expand(-1, 3, -1)
            return self.attention(x, x, x)[0]

    model, data = Model(), torch.as_tensor(INPUTS)
    with Recorder("found.h5", model, data) as recorder:
        recorder.after_epoch(0)
    described = [(a["name"], a["kind"], a["activation"]) for a in inspect("found.h5")["layers"]]
    assert described == [("embed", "dense", ""), ("attention", "attention", "")], described

    layers = {"embed": torch.relu, "attention": lambda output: output[1]}
    with Recorder("chosen.h5", model, data, layers=layers) as recorder:
        recorder.after_epoch(0)
    assert inspect("chosen.h5")["layers"][0]["activation"] == "relu"
    with torch.no_grad(), h5py.File("chosen.h5") as file:
        assert np.allclose(file["layers/embed/activations"][0], torch.relu(model.embed(data)))
        assert np.allclose(file["layers/attention/activations"][0].sum(axis=2), 1)

    raises(ValueError, "no module missing", Recorder, "x.h5", model, data, layers=["missing"])
    with Recorder("x.h5", model, data, layers=["unused"]) as recorder:
        raises(ValueError, "unused answered for 0 of 30", recorder.after_epoch, 0)


def test_keras():
    try:
        import keras
    except ImportError:
        raise Skip("Keras is not here") from None
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(5, "tanh", name="fc1"),
                              keras.layers.Dropout(0.5), keras.layers.Dense(3, "softmax",
                                                                            name="output")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(INPUTS, LABELS, epochs=3, verbose=0,
              callbacks=[keras_callback("keras.h5", INPUTS, LABELS, epochs=[0, 1, 3])])
    dump = inspect("keras.h5")
    assert dump["epochs"] == [0, 1, 3], dump
    assert [layer["name"] for layer in dump["layers"]] == ["fc1", "output"], dump
    with h5py.File("keras.h5") as file:
        assert np.isnan(file["metrics/loss"][0]) and np.isfinite(file["metrics/loss"][2])
        assert np.allclose(file["layers/output/activations"][2], model.predict(INPUTS, verbose=0))


class PlainKeras(types.ModuleType):
    """What the callback uses of Keras, on a network of two matrices that "trains" by adding 1."""

    class Layer:
        def __init__(self, name, weights):
            self.name, self.weights, self.output = name, weights, name

    class Model:
        def __init__(self, inputs, outputs):
            self.inputs, self.outputs = inputs, outputs

        def predict(self, data, verbose):
            fc1 = np.tanh(data @ self.inputs[0].weights[0])
            answers = {"fc1": fc1, "output": fc1 @ self.inputs[1].weights[0]}
            return [answers[name] for name in self.outputs]

    def __init__(self):
        super().__init__("keras")
        self.__version__ = "stand-in"
        self.callbacks = types.SimpleNamespace(Callback=object)


def test_keras_callback():
    """The order of calls and what is evaluated when, also without Keras."""
    keras = PlainKeras()
    layers = [keras.Layer("fc1", [np.eye(4, 5)]), keras.Layer("drop", []),
              keras.Layer("output", [np.ones((5, 3))])]
    model = types.SimpleNamespace(layers=layers, inputs=[layers[0], layers[2]])
    before = sys.modules.get("keras")
    sys.modules["keras"] = keras
    try:
        callback = keras_callback("plain.h5", INPUTS, LABELS, samples=10, epochs=[0, 1, 3])
        callback.model = model
        callback.on_train_begin()
        for epoch in range(3):
            callback.on_epoch_begin(epoch)
            layers[0].weights[0] = layers[0].weights[0] + 1
            callback.on_epoch_end(epoch, {"loss": np.float32(1 / (epoch + 1))})
        callback.on_train_end()
    finally:
        sys.modules.pop("keras")
        if before is not None:
            sys.modules["keras"] = before
    dump = inspect("plain.h5")
    assert dump["epochs"] == [0, 1, 3] and dump["samples"] == 10, dump
    assert [layer["name"] for layer in dump["layers"]] == ["fc1", "output"], dump
    with h5py.File("plain.h5") as file:
        assert file.attrs["framework"] == "keras stand-in"
        assert np.isnan(file["metrics/loss"][0]) and np.isclose(file["metrics/loss"][2], 1 / 3)
        for row, epoch in enumerate((0, 1, 3)):
            fc1 = np.tanh(file["inputs"][()] @ (np.eye(4, 5) + epoch))
            assert np.allclose(file["layers/fc1/activations"][row], fc1), epoch


def main():
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    print(f"1..{len(tests)}")
    failed = False
    for number, (name, test) in enumerate(tests, 1):
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                test()
                print(f"ok {number} {name}")
            except Skip as reason:
                print(f"ok {number} {name} # SKIP {reason}")
            except Exception as error:
                failed = True
                print(f"not ok {number} {name}: {type(error).__name__}: {error}")
            sys.stdout.flush()
            os.chdir("/")
    return failed


if __name__ == "__main__":
    sys.exit(main())
