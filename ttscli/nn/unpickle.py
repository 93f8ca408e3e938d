"""Pickles of torch.save → plain data, by an interpreter of our own that can build nothing else.

The ordinary unpickler calls whatever function a file names. This one walks over the opcodes (pickletools decodes them) and knows
by name the dozen functions with which torch.save describes tensors and containers, each in a version of its own that checks what
it is given. A name that it does not know ends the reading, or, if the caller expects it, becomes an `Inert` that does nothing.
"""

import math
import pickletools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, BinaryIO, TypeAlias

import torch
from torch import Tensor

StorageLoader: TypeAlias = Callable[[str, torch.dtype, int], Tensor]
"""(key, dtype, number of elements) → the storage as a tensor (n,); ValueError if the file holds nothing of this kind."""

_MOST_OPCODES = 2**21
"""Ten times what the largest published checkpoint has; each may cost some 200 bytes of memory."""
_MOST_VIEWS = 16
"""How many times over tensors may show what is stored: weights are shared between dictionaries, but not without end."""


class ForeignNameError(Exception):
    """A pickle names a function or class that is neither known nor expected."""


@dataclass(eq=False)
class Inert:
    """What stands in the place of an object of a foreign class.

    Attributes:
        name: "module.class" as the file names it.
        state: the object's attributes.
    """

    name: str
    state: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class _Function:
    """What a name of the file stands for, if it can be called."""

    call: Callable[..., object]


@dataclass(frozen=True)
class _StorageType:
    dtype: torch.dtype


@dataclass(frozen=True)
class _Storage:
    """A storage, as a tensor (n,)."""

    flat: Tensor


_STORAGES = {
    "Double": torch.float64,
    "Float": torch.float32,
    "Half": torch.float16,
    "BFloat16": torch.bfloat16,
    "Long": torch.int64,
    "Int": torch.int32,
    "Short": torch.int16,
    "Char": torch.int8,
    "Byte": torch.uint8,
    "Bool": torch.bool,
}
_INERT = (
    "numpy.dtype",
    "numpy.dtypes.Float64DType",
    *(f"numpy.{core}.multiarray.scalar" for core in ("core", "_core")),
    "torch.device",
)
"""What stands beside the weights in published files and means nothing to us: learning rates, places."""

_LITERALS = {"BININT", "BININT1", "BININT2", "LONG1", "LONG4", "BINFLOAT"}
_LITERALS |= {"BINUNICODE", "SHORT_BINUNICODE", "BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES"}
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
_CONTAINERS = {"EMPTY_LIST": list, "EMPTY_DICT": dict, "EMPTY_SET": set}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


class Unpickler:
    """Reads pickles, each on its own."""

    def __init__(self, storage: StorageLoader, inert: Sequence[str] = (), stored_bytes: int = 0) -> None:
        """Make a reader of a file of `stored_bytes`; `inert` are patterns (fnmatch) of the "module.name" that become Inert."""
        self._storage = storage
        self._inert = (*inert, *_INERT)
        self._bytes_left = _MOST_VIEWS * stored_bytes
        self._stack: list[Any] = []
        self._below: list[list[Any]] = []
        self._memo: dict[int, Any] = {}

    def load(self, stream: BinaryIO) -> Any:
        """Read the pickle that begins where `stream` stands, and leave `stream` behind its end.

        Raises:
            ForeignNameError: it names what only a running program could make.
            Exception: of any kind, if it is damaged.
        """
        self._stack, self._below, self._memo = [], [], {}
        for n_opcodes, (opcode, argument, _) in enumerate(pickletools.genops(stream)):
            _require(n_opcodes < _MOST_OPCODES, "the pickle has no end")
            self._do(opcode.name, argument)
        [content] = self._stack
        return content

    def _do(self, opcode: str, argument: Any) -> None:
        if opcode in _LITERALS:
            self._stack.append(argument)
        elif opcode in _CONSTANTS:
            self._stack.append(_CONSTANTS[opcode])
        elif opcode in _CONTAINERS:
            self._stack.append(_CONTAINERS[opcode]())
        elif opcode in _TUPLES:
            self._stack[-_TUPLES[opcode] :] = [tuple(self._stack[-_TUPLES[opcode] :])]
        elif opcode in _ACTIONS:
            _ACTIONS[opcode](self, argument)
        else:
            raise ForeignNameError(f"opcode {opcode}")

    def _nothing(self, argument: Any) -> None:
        pass

    def _mark(self, argument: Any) -> None:
        self._below.append(self._stack)
        self._stack = []

    def _since_mark(self) -> list[Any]:
        items, self._stack = self._stack, self._below.pop()
        return items

    def _put(self, index: int | None) -> None:
        self._memo[len(self._memo) if index is None else index] = self._stack[-1]

    def _get(self, index: int) -> None:
        self._stack.append(self._memo[index])

    def _tuple(self, argument: Any) -> None:
        items = self._since_mark()
        self._stack.append(tuple(items))

    def _append(self, argument: Any) -> None:
        item = self._stack.pop()
        _kind(self._stack[-1], list).append(item)

    def _extend(self, argument: Any) -> None:
        items = self._since_mark()
        _kind(self._stack[-1], list).extend(items)

    def _add(self, argument: Any) -> None:
        items = self._since_mark()
        _kind(self._stack[-1], set).update(map(_key, items))

    def _set_item(self, argument: Any) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        _kind(self._stack[-1], dict)[_key(key)] = value

    def _set_items(self, argument: Any) -> None:
        items = self._since_mark()
        _kind(self._stack[-1], dict).update(_pairs(zip(items[::2], items[1::2], strict=True)))

    def _global(self, argument: str) -> None:
        self._stack.append(self._find(argument.replace(" ", ".", 1)))

    def _stack_global(self, argument: Any) -> None:
        name, module = _kind(self._stack.pop(), str), _kind(self._stack.pop(), str)
        self._stack.append(self._find(f"{module}.{name}"))

    def _find(self, name: str) -> object:
        if name in ("torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2"):
            return _Function(self._tensor)
        if name in _KNOWN:
            return _KNOWN[name]
        if any(fnmatchcase(name, pattern) for pattern in self._inert):
            return _Function(lambda *arguments: Inert(name))
        raise ForeignNameError(name)

    def _call(self, argument: Any) -> None:
        arguments, function = _kind(self._stack.pop(), tuple), _kind(self._stack.pop(), _Function)
        self._stack.append(function.call(*arguments))

    def _build(self, argument: Any) -> None:
        """Give an object its attributes: an Inert keeps them; those of a dictionary (versions of modules) are left out."""
        state, target = self._stack.pop(), self._stack[-1]
        if isinstance(target, Inert):
            for attributes in state if isinstance(state, tuple) else (state,):
                if isinstance(attributes, dict):
                    target.state.update(attributes)
        else:
            _kind(target, dict)

    def _persistent(self, argument: Any) -> None:
        """("storage", type, key, place, n[, view]) → the storage; ("module", class, file, source) → the class."""
        kind, *what = _kind(self._stack.pop(), tuple)
        if kind == "module":
            self._stack.append(_kind(what[0], _Function))
            return
        _require(kind == "storage", "neither a storage nor a module")
        type_, key, _, n_elements, *views = what
        flat = self._storage(_kind(key, str), _kind(type_, _StorageType).dtype, _natural(n_elements))
        if views and views[0] is not None:
            _, start, length = views[0]
            _require(_natural(start) + _natural(length) <= len(flat), "a view reaches beyond its storage")
            flat = flat[start : start + length]
        self._stack.append(_Storage(flat))

    def _tensor(self, storage: _Storage, offset: int, shape: Any, strides: Any, *rest: object) -> Tensor:
        """A view (shape) of a storage, in which no two elements share memory; of `rest` only metadata could change its values."""
        flat, shape, strides = _kind(storage, _Storage).flat, _kind(shape, tuple), _kind(strides, tuple)
        n_elements = math.prod(map(_natural, shape))
        _require(len(rest) < 3 or not rest[2], "a tensor with metadata")
        span = 1
        for stride, size in sorted(zip(map(_natural, strides), shape, strict=True)):
            if size > 1 and n_elements:
                _require(stride >= span, "two elements of a tensor share memory")
                span += stride * (size - 1)
        _require(n_elements == 0 or _natural(offset) + span <= len(flat), "a tensor reaches beyond its storage")
        self._bytes_left -= n_elements * flat.element_size()
        _require(self._bytes_left >= 0, "its tensors show more than it holds")
        return torch.as_strided(flat[offset:] if n_elements else flat, shape, strides)


def _require(condition: bool, fault: str) -> None:
    if not condition:
        raise ValueError(fault)


def _kind(value: Any, type_: Any) -> Any:
    """`value`, if it is a `type_`."""
    _require(isinstance(value, type_), f"{type(value)} in the place of {type_}")
    return value


def _natural(value: Any) -> int:
    _require(type(value) is int and value >= 0, "a size is not a natural number")
    return int(value)


def _key(value: Any) -> Any:
    """`value`, if it may be a key; what is nested could be too deep to be hashed."""
    return _kind(value, str | int | float | bytes | None)


def _pairs(pairs: Any) -> dict[Any, Any]:
    return {_key(key): value for key, value in pairs}


def _bytes(text: Any, encoding: Any) -> bytes:
    """How protocol 2, which knows no bytes, writes them."""
    _require(encoding == "latin1", "bytes in a strange encoding")
    return bytes(_kind(text, str).encode("latin1"))


def _parameter(data: Any, *rest: object) -> Tensor:
    tensor: Tensor = _kind(data, Tensor)
    return tensor


_KNOWN: dict[str, object] = {
    "collections.OrderedDict": _Function(lambda pairs=(): _pairs(pairs)),
    "builtins.set": _Function(lambda items=(): set(map(_key, items))),
    "__builtin__.set": _Function(lambda items=(): set(map(_key, items))),
    "_codecs.encode": _Function(_bytes),
    "torch.Size": _Function(lambda sizes=(): tuple(map(_natural, sizes))),
    "torch._utils._rebuild_parameter": _Function(_parameter),
    "torch._utils._rebuild_parameter_with_state": _Function(_parameter),
    **{f"torch{place}.{name}Storage": _StorageType(dtype) for name, dtype in _STORAGES.items() for place in ("", ".cuda")},
    **{f"torch.{name}": value for name, value in vars(torch).items() if isinstance(value, torch.dtype)},
}
_ACTIONS: dict[str, Callable[[Unpickler, Any], None]] = {
    opcode: action
    for opcodes, action in (
        ("PROTO FRAME STOP", Unpickler._nothing),
        ("MARK", Unpickler._mark),
        ("BINPUT LONG_BINPUT MEMOIZE", Unpickler._put),
        ("BINGET LONG_BINGET", Unpickler._get),
        ("TUPLE", Unpickler._tuple),
        ("APPEND", Unpickler._append),
        ("APPENDS", Unpickler._extend),
        ("ADDITEMS", Unpickler._add),
        ("SETITEM", Unpickler._set_item),
        ("SETITEMS", Unpickler._set_items),
        ("GLOBAL", Unpickler._global),
        ("STACK_GLOBAL", Unpickler._stack_global),
        ("REDUCE NEWOBJ", Unpickler._call),
        ("BUILD", Unpickler._build),
        ("BINPERSID", Unpickler._persistent),
    )
    for opcode in opcodes.split()
}
