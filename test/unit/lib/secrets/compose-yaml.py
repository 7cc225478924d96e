"""Reads a JSON list of YAML documents and prints the tree of each as libyaml composes it: [tag, text, items or pairs]."""

import json
import sys

import yaml

IMPLIED = {"tag:yaml.org,2002:str": "str", "tag:yaml.org,2002:seq": "seq", "tag:yaml.org,2002:map": "map"}


def to_tree(node):
    tag = IMPLIED.get(node.tag, node.tag)
    if isinstance(node, yaml.ScalarNode):
        return [tag, node.value]
    if isinstance(node, yaml.SequenceNode):
        return [tag, [to_tree(item) for item in node.value]]
    return [tag, [[to_tree(key), to_tree(value)] for key, value in node.value]]


sys.stdout.write(json.dumps([to_tree(yaml.compose(text, Loader=yaml.CSafeLoader)) for text in json.load(sys.stdin)]))
