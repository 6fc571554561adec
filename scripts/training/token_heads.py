"""What the scripts that train heads over tokens share: the encoder's hidden states, and a net of two convolutions over them.

The form of a head's file is in src/embed/README.md.
"""

import hashlib
import json

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

LAYERS, WIDTH, HEADS, WINDOW = [2, 4, 6], 384, 12, 256
STATES = WIDTH * len(LAYERS)


class Encoder:
    """all-MiniLM-L6-v2 from its folder, in 32 bits."""

    def __init__(self, folder):
        self.folder = folder
        tensors = load_file(f"{folder}/model.safetensors")
        self.weights = {name.removeprefix("bert."): tensor.float() for name, tensor in tensors.items()}
        self.tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(WINDOW)

    def linear(self, x, name):
        return torch.nn.functional.linear(x, self.weights[name + ".weight"], self.weights[name + ".bias"])

    def normed(self, x, name):
        return torch.nn.functional.layer_norm(x, (WIDTH,), self.weights[name + ".weight"], self.weights[name + ".bias"], 1e-12)

    @torch.no_grad()
    def hidden_states(self, ids):
        """The states that the head reads, of texts of one length."""
        x = torch.tensor(ids)
        texts, length = x.shape
        state = self.weights["embeddings.word_embeddings.weight"][x] + self.weights["embeddings.position_embeddings.weight"][:length]
        state = self.normed(state + self.weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        states = [state]
        for n in range(6):
            layer = f"encoder.layer.{n}."
            split = lambda name: self.linear(state, layer + "attention.self." + name).view(texts, length, HEADS, -1).transpose(1, 2)
            seen = torch.nn.functional.scaled_dot_product_attention(split("query"), split("key"), split("value"))
            seen = self.linear(seen.transpose(1, 2).reshape(texts, length, WIDTH), layer + "attention.output.dense")
            state = self.normed(seen + state, layer + "attention.output.LayerNorm")
            inner = torch.nn.functional.gelu(self.linear(state, layer + "intermediate.dense"))
            state = self.normed(self.linear(inner, layer + "output.dense") + state, layer + "output.LayerNorm")
            states.append(state)
        return torch.cat([states[n] for n in LAYERS], -1).half()

    def states_of(self, pieces):
        """The states of many texts, by their number, those of one length together."""
        order = sorted(range(len(pieces)), key=lambda n: len(pieces[n].ids))
        start = 0
        while start < len(order):
            length = len(pieces[order[start]].ids)
            same = [n for n in order[start : start + 64] if len(pieces[n].ids) == length]
            yield from zip(same, self.hidden_states([pieces[n].ids for n in same]))
            start += len(same)

    def name(self):
        """As litmine names the model that a head was trained on."""
        digest = hashlib.sha256(open(f"{self.folder}/model.safetensors", "rb").read()).hexdigest()[:12]
        return f"all-MiniLM-L6-v2@{digest}"


class Net(torch.nn.Module):
    def __init__(self, inputs, labels, hidden=192, first=3, second=5):
        super().__init__()
        self.first = torch.nn.Conv1d(inputs, hidden, first)
        self.second = torch.nn.Conv1d(hidden, labels, second)

    @staticmethod
    def over(x, layer):
        """The convolution as one product and a sum of shifted rows, which is several times faster on a processor."""
        weight = layer.weight
        out, width = weight.shape[0], weight.shape[2]
        product = torch.nn.functional.linear(x, weight.permute(2, 0, 1).reshape(-1, weight.shape[1])).view(len(x), width, out)
        half = width // 2
        result = product[:, half].clone()
        for at in range(width):
            shift = at - half
            if shift > 0:
                result[:-shift] = result[:-shift] + product[shift:, at]
            elif shift < 0:
                result[-shift:] = result[-shift:] + product[:shift, at]
        return result + layer.bias

    def forward(self, x, inside):
        if self.training:
            x = torch.nn.functional.dropout(x, 0.2)
        state = torch.relu(self.over(x, self.first)) * inside[:, None]
        if self.training:
            state = torch.nn.functional.dropout(state, 0.3)
        return self.over(state, self.second)

    def save(self, file, model, labels, marks):
        metadata = {
            "litmine.head": "2", "kind": "token", "model": model, "layers": json.dumps(LAYERS),
            "labels": json.dumps(labels), "hidden": "relu", "scores": "softmax", "marks": str(marks),
        }
        tensors = {"0.weight": self.first.weight, "0.bias": self.first.bias, "1.weight": self.second.weight, "1.bias": self.second.bias}
        save_file({name: tensor.detach().half().contiguous() for name, tensor in tensors.items()}, file, metadata)
