# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Infoplane developers
"""Records what the layers of a network answer to a fixed set of inputs, for Infoplane.

Copy this file beside your training script; it needs numpy and h5py.

PyTorch.  Hooks take the answers of all layers, or of the modules that `layers` names:

    recorder = Recorder("run.h5", model, test_x, test_y, dtype="float16")
    for epoch in range(101):                      # 0 is the network before training
        if epoch > 0:
            train_one_epoch()
        recorder.after_epoch(epoch, train_loss=loss, test_acc=accuracy)

Keras.  A callback does the same:

    model.fit(x, y, epochs=100, callbacks=[keras_callback("run.h5", test_x, test_y)])

Anything else.  Give the arrays:

    recorder = Recorder("run.h5", data=test_x, labels=test_y)
    recorder.append(epoch, {"fc1": a, "output": b}, {"train_loss": 0.3})

Information moves early, so after_epoch() records epochs that grow by a constant factor: 0 to 10 and
then 16 per decade.  The file can be watched while it grows, and a run that is killed leaves a file
that opens.  A file that exists is never written to.
"""
import datetime
import os
import warnings

import h5py
import numpy as np

__all__ = ["Recorder", "keras_callback"]

PER_DECADE = 16
STATISTICS = ("weight_norm", "grad_mean", "grad_std")
# Opened by HDF5 1.10 and everything after it, and watched while it grows.
LIBVER = ("v110", "v110")
CHUNK_SAMPLES = 512
CHUNK_BYTES = 1 << 20

ACTIVATIONS = {
    "Tanh": "tanh", "Sigmoid": "sigmoid", "Softmax": "softmax", "Softsign": "softsign",
    "ReLU": "relu", "ReLU6": "relu6", "LeakyReLU": "leaky_relu", "ELU": "elu", "SELU": "selu",
    "GELU": "gelu", "SiLU": "silu", "Mish": "mish", "Softplus": "softplus",
    "LogSoftmax": "log_softmax", "Hardtanh": "hardtanh",
}


class Recorder:
    """Writes one run into one infoplane-dump file.

    path         a file that does not exist
    model        a torch.nn.Module, or None when append() is given the arrays
    data         [N, …] the evaluation inputs, fed to the model at every recorded epoch
    labels       [N] classes or [N], [N, k] real targets; None without
    layers       names of the modules to record (see named_modules()), or {name: function of the
                 module's output}; None: every layer with weights, after its activation module
    activations  {name: "tanh", …} of layers, which bound their bins; None: what the modules are
    samples      use this many samples of data, drawn once with `seed`; None: all
    epochs       what after_epoch() records: None grows by a constant factor, an integer is every
                 so manieth, otherwise a collection of numbers
    dtype        of the stored activations, "float32" or "float16"
    gradients    keep mean and deviation of the batches' gradients: call after_backward() for each
    batch_size   of the evaluation
    inputs       what to store as inputs instead of data, [N, …]
    run          describes the run: {"seed": 0, "optimizer": "adam", …}
    """

    def __init__(self, path, model=None, data=None, labels=None, *, layers=None,
                 activations=None, samples=None, seed=0, epochs=None, dtype="float32",
                 gradients=False, batch_size=256, inputs=None, title="", framework="",
                 class_names=None, run=None):
        if os.path.lexists(path):
            raise FileExistsError(f"{path} exists; a recording never overwrites")
        if dtype not in ("float16", "float32"):
            raise ValueError(f"dtype is {dtype!r}, not float16 or float32")
        if model is not None and data is None:
            raise ValueError("a model needs data to be evaluated on")
        self.path = os.fspath(path)
        self.file = None
        self.series = {}  # of metrics, by name
        self.groups = {}  # of layers, by name
        self.epochs = epochs if epochs is None or isinstance(epochs, int) else frozenset(epochs)
        self.dtype = dtype
        self.activations = dict(activations or {})
        self.run = dict(run or {})
        self.about = {"title": title, "framework": framework}
        self.class_names = class_names
        self.chosen = self._choose(data, samples, seed)
        self.labels = _pick(_array(labels), self.chosen)
        self.inputs = _pick(_array(data if inputs is None else inputs), self.chosen)
        _check_lengths(self.inputs, self.labels)
        self.network = None
        if model is not None:
            self.network = _Network(model, _pick(data, self.chosen), layers, gradients, batch_size)
            self.about["framework"] = framework or self.network.framework

    def _choose(self, data, samples, seed):
        if samples is None or data is None or samples >= len(data):
            return None
        self.run.update(evaluation_samples=samples, evaluation_seed=seed)
        return np.sort(np.random.default_rng(seed).choice(len(data), samples, replace=False))

    def due(self, epoch):
        """Whether after_epoch() records this epoch."""
        if self.epochs is None:
            return _is_log_spaced(epoch)
        if isinstance(self.epochs, int):
            return epoch % self.epochs == 0
        return epoch in self.epochs

    def after_backward(self):
        """Takes the gradients of one batch; call between backward() and zero_grad()."""
        self.network.take_gradients()

    def after_epoch(self, epoch, **metrics):
        """Evaluates the model and records the epoch when it is due; returns whether it was."""
        due = self.due(epoch)
        if due:
            layers, statistics = self.network.evaluate()
            self.append(epoch, layers, metrics, statistics)
        self.network.forget_gradients(accumulate=self.due(epoch + 1))
        return due

    def append(self, epoch, layers, metrics=None, statistics=None):
        """Records one epoch.

        layers      {name: [N, …]}, the same every time, in the order of the network
        metrics     {name: number}, of the names of the first time
        statistics  {name: {"weight_norm", "grad_mean" or "grad_std": number}}
        """
        layers = {name: _array(values) for name, values in layers.items()}
        metrics = metrics or {}
        if self.file is None:
            self._create(layers, metrics)
        self._check(layers, metrics)
        row = self.file["epochs"].shape[0]
        for name, values in layers.items():
            group = self.groups[name]
            _put(group["activations"], row, self._store(name, values))
            for statistic in STATISTICS:
                number = (statistics or {}).get(name, {}).get(statistic, np.nan)
                _put(group[statistic], row, number)
        for name, series in self.series.items():
            _put(series, row, metrics.get(name, np.nan))
        # A reader believes the length of /epochs, so it grows when all else is in the file.
        self.file.flush()
        _put(self.file["epochs"], row, epoch)
        self.file.flush()

    def close(self):
        if self.file is not None:
            self.file.close()
            self.file = None
        if self.network is not None:
            self.network.forget_gradients(accumulate=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _check(self, layers, metrics):
        for name, values in layers.items():
            if name not in self.groups:
                raise ValueError(f"layer {name} is new; the first epoch had "
                                 f"{', '.join(self.groups)}")
            shape = self.groups[name]["activations"].shape[1:]
            if values.shape != shape:
                raise ValueError(f"layer {name} has shape {values.shape}, not {shape}")
        missing = set(self.groups) - set(layers)
        if missing:
            raise ValueError(f"layer {min(missing)} is missing")
        new = set(metrics) - set(self.series)
        if new:
            raise ValueError(f"metric {min(new)} is new; name every metric at the first epoch")

    def _store(self, name, values):
        with np.errstate(over="ignore"):
            stored = values.astype(self.dtype)
        if np.isinf(stored).sum() > np.isinf(values).sum():
            warnings.warn(f"layer {name} has values that float16 cannot hold; they are recorded "
                          "as infinite")
        return stored

    def _create(self, layers, metrics):
        """The file is complete under another name before it gets its own, and is opened for single
        writer, multiple readers at once: at no moment can a kill leave one that does not open."""
        partial = f"{self.path}.{os.getpid()}.partial"
        try:
            with h5py.File(partial, "x", libver=LIBVER) as file:
                self._describe(file)
                for index, (name, values) in enumerate(layers.items()):
                    self._add_layer(file, index, name, values)
                for name in metrics:
                    _add_series(file, f"metrics/{name}", "f8")
                _add_series(file, "epochs", "i8")
            _rename(partial, self.path)
        finally:
            if os.path.exists(partial):
                os.remove(partial)
        self.file = _open_for_append(self.path)
        self.groups = {name: self.file[f"layers/{name}"] for name in layers}
        self.series = {name: self.file[f"metrics/{name}"] for name in metrics}

    def _describe(self, file):
        created = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        file.attrs.update(format="infoplane-dump", version=1, created=created, **self.about)
        run = file.create_group("run")
        for name, value in self.run.items():
            run.attrs[name] = value if isinstance(value, (bool, int, float, str)) else str(value)
        if self.inputs is not None:
            file.create_dataset("inputs", data=self.inputs, compression="gzip", shuffle=True)
        if self.labels is not None:
            text = self.labels.dtype.kind == "U"
            labels = file.create_dataset("labels", data=self.labels.astype(object) if text
                                         else self.labels,
                                         dtype=h5py.string_dtype() if text else None)
            if self.class_names is not None:
                labels.attrs["class_names"] = [str(name) for name in self.class_names]

    def _add_layer(self, file, index, name, values):
        kind, activation = ("", "") if self.network is None else self.network.describe(name)
        if self.inputs is not None:
            _check_lengths(self.inputs, values)
        group = file.create_group(f"layers/{name}")
        group.attrs.update(index=index, kind=kind,
                           activation=self.activations.get(name, activation))
        units = [max(1, n) for n in values.shape[1:]]
        samples = CHUNK_BYTES // (int(np.prod(units)) * np.dtype(self.dtype).itemsize)
        chunk = (1, max(1, min(samples, CHUNK_SAMPLES, values.shape[0])), *units)
        group.create_dataset("activations", (0, *values.shape), self.dtype, chunks=chunk,
                             maxshape=(None, *values.shape), compression="gzip", shuffle=True)
        for statistic in STATISTICS:
            _add_series(group, statistic, "f8")


def keras_callback(path, data, labels=None, *, layers=None, **options):
    """A Keras callback that records the layers with weights, or those that `layers` names.  Options
    are those of Recorder."""
    import keras

    class Callback(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.recorder = Recorder(path, data=data, labels=labels,
                                     framework=f"keras {keras.__version__}", **options)
            self.known = None

        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 0 and self.recorder.due(0):
                # Metrics must be named at the first epoch, and are known after it.
                self.known = self._answers()

        def on_epoch_end(self, epoch, logs=None):
            metrics = {name: float(value) for name, value in (logs or {}).items()}
            if self.known is not None:
                self.recorder.append(0, self.known, dict.fromkeys(metrics, np.nan))
                self.known = None
            if self.recorder.due(epoch + 1):
                self.recorder.append(epoch + 1, self._answers(), metrics)

        def on_train_end(self, logs=None):
            self.recorder.close()

        def _answers(self):
            chosen = [layer for layer in self.model.layers
                      if (layer.name in layers if layers is not None else layer.weights)]
            probe = keras.Model(self.model.inputs, [layer.output for layer in chosen])
            answers = probe.predict(_pick(data, self.recorder.chosen), verbose=0)
            answers = answers if isinstance(answers, (list, tuple)) else [answers]
            return dict(zip((layer.name for layer in chosen), answers))

    return Callback()


class _Network:
    """The PyTorch side: which modules are recorded, and what they answer."""

    def __init__(self, model, data, layers, gradients, batch_size):
        import torch

        self.torch = torch
        self.framework = f"pytorch {torch.__version__}"
        self.model = model
        self.data = torch.as_tensor(data)
        self.batch_size = batch_size
        self.layers = self._find() if layers is None else self._look_up(layers)
        self.gradients = {} if gradients else None
        self.accumulate = True

    def describe(self, name):
        layer = self.layers[name]
        return layer.kind, layer.activation

    def evaluate(self):
        """Answers and statistics of every layer."""
        answers = {name: [] for name in self.layers}

        def take(name, function):
            def hook(_module, _arguments, output):
                output = _first(output if function is None else function(output))
                answers[name].append(output.detach().float().cpu().numpy())
            return hook

        self._run(self.data, [(layer.last, take(name, layer.function))
                              for name, layer in self.layers.items()])
        for name, parts in answers.items():
            if sum(map(len, parts)) != len(self.data):
                raise ValueError(f"module {name} answered for {sum(map(len, parts))} of "
                                 f"{len(self.data)} samples: it is not run once in every forward "
                                 "pass, or its first axis is not the samples")
        return ({name: np.concatenate(parts) for name, parts in answers.items()},
                {name: self._statistics(name) for name in self.layers})

    def take_gradients(self):
        if self.gradients is None:
            raise ValueError("after_backward() needs Recorder(…, gradients=True)")
        if not self.accumulate:
            return
        for name, layer in self.layers.items():
            gradient = None if layer.weight is None else layer.weight.grad
            if gradient is None:
                continue
            gradient = gradient.detach().float()
            n, mean, squares = self.gradients.get(name, (0, 0.0, 0.0))
            # Welford's recurrence: no difference of large numbers.
            change = gradient - mean
            mean = mean + change / (n + 1)
            self.gradients[name] = n + 1, mean, squares + change * (gradient - mean)

    def forget_gradients(self, accumulate):
        self.accumulate = accumulate
        if self.gradients is not None:
            self.gradients = {}

    def _statistics(self, name):
        weight = self.layers[name].weight
        if weight is None:
            return {}
        numbers = {"weight_norm": float(weight.detach().float().norm())}
        if self.gradients and name in self.gradients:
            n, mean, squares = self.gradients[name]
            numbers["grad_mean"] = float(mean.norm())
            numbers["grad_std"] = float((squares / n).sqrt().norm())
        return numbers

    def _run(self, data, hooks):
        """Answers in evaluation mode, and leaves every module in the mode it was in."""
        modes = [(module, module.training) for module in self.model.modules()]
        handles = [module.register_forward_hook(hook) for module, hook in hooks]
        device = next((p.device for p in self.model.parameters()), None)
        self.model.eval()
        try:
            with self.torch.no_grad():
                for start in range(0, len(data), self.batch_size):
                    self.model(data[start:start + self.batch_size].to(device))
        finally:
            for module, mode in modes:
                module.training = mode
            for handle in handles:
                handle.remove()

    def _look_up(self, names):
        modules = dict(self.model.named_modules())
        functions = names if isinstance(names, dict) else dict.fromkeys(names)
        unknown = [name for name in functions if name not in modules]
        if unknown:
            raise ValueError(f"there is no module {unknown[0]}; there are "
                             f"{', '.join(name for name in modules if name)}")
        return {name: _Layer(modules[name], function) for name, function in functions.items()}

    def _find(self):
        """A layer is a module with weights, with the normalisations and the activation that are run
        right after it."""
        order = []
        modules = [(name, module) for name, module in self.model.named_modules()
                   if not any(True for _ in module.children())
                   or type(module).__name__ == "MultiheadAttention"]

        def remember(name):
            return lambda module, _arguments, _output: order.append((name, module))

        self._run(self.data[:1], [(module, remember(name)) for name, module in modules])
        layers, current = {}, None
        for name, module in order:
            kind = type(module).__name__
            if current is not None and ("Norm" in kind or kind in ACTIVATIONS):
                current.extend(module)
                current = None if kind in ACTIVATIONS else current
            elif any(True for _ in module.parameters()) and "Norm" not in kind:
                current = layers.setdefault(name or "layer", _Layer(module))
            else:
                current = None
        if not layers:
            raise ValueError("the model has no layers with weights; name modules with layers=[…]")
        return layers


class _Layer:
    def __init__(self, module, function=None):
        kind = type(module).__name__
        self.last = module
        self.function = function
        self.weight = getattr(module, "weight", None)
        self.kind = ("conv" if kind.startswith("Conv") else "attention" if "Attention" in kind
                     else "dense" if kind == "Linear" else kind.lower())
        self.activation = ACTIVATIONS.get(kind, getattr(function, "__name__", ""))

    def extend(self, module):
        self.last = module
        self.activation = ACTIVATIONS.get(type(module).__name__, "")


def _is_log_spaced(epoch):
    """0 to 10, then the integers nearest to 10^(k / PER_DECADE)."""
    if epoch <= 10:
        return epoch >= 0
    return epoch == round(10 ** (round(PER_DECADE * np.log10(epoch)) / PER_DECADE))


def _array(values):
    """Arrays of numpy, PyTorch (on any device), JAX, lists."""
    if values is None:
        return None
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        values = values.float() if "bfloat16" in str(values.dtype) else values
    return np.asarray(values)


def _pick(values, chosen):
    return values if values is None or chosen is None else values[chosen]


def _check_lengths(inputs, others):
    if inputs is not None and others is not None and len(inputs) != len(others):
        raise ValueError(f"{len(inputs)} inputs, but {len(others)} labels or activations")


def _first(output):
    while isinstance(output, (tuple, list)):
        output = output[0]
    return output


def _add_series(group, name, dtype):
    fill = np.nan if dtype == "f8" else 0
    group.create_dataset(name, (0,), dtype, maxshape=(None,), chunks=(256,), fillvalue=fill)


def _put(dataset, row, value):
    dataset.resize(row + 1, axis=0)
    dataset[row] = value


def _rename(partial, path):
    """Fails when the file exists, where the file system can tell."""
    try:
        os.link(partial, path)
    except FileExistsError:
        raise FileExistsError(f"{path} exists; a recording never overwrites") from None
    except OSError:
        os.rename(partial, path)


def _open_for_append(path):
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_libver_bounds(h5py.h5f.LIBVER_V110, h5py.h5f.LIBVER_V110)
    access.set_fclose_degree(h5py.h5f.CLOSE_STRONG)
    flags = h5py.h5f.ACC_RDWR | h5py.h5f.ACC_SWMR_WRITE
    return h5py.File(h5py.h5f.open(os.fsencode(path), flags, access))
