//! A trie over tokens: small numbers stand for tokens, one hash table holds all edges.

use crate::vocab::hash::WordMap;

/// A node; the root is 0.
pub(super) type Node = u32;

/// The token that no name has.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// Names as paths of tokens.
#[derive(Debug, Default)]
pub(super) struct Trie {
    tokens: WordMap<Box<str>, u32>,
    /// From the root, by token: most words of a text begin no name, and this says so at once.
    first: Vec<Node>,
    edges: WordMap<u64, Node>,
    /// By node: its terminal, 0 where no name ends here, else one more than its position.
    ends: Vec<u32>,
}

impl Trie {
    pub(super) fn with_capacity(names: usize) -> Self {
        let mut trie = Self { ends: vec![0], ..Self::default() };
        trie.edges.reserve(names * 2);
        trie.tokens.reserve(names / 3);
        trie.ends.reserve(names * 2);
        trie
    }

    /// The node at the end of a name in its normal form, made where it is not there yet.
    pub(super) fn insert(&mut self, name: &str) -> Node {
        let mut node = 0;
        for word in name.split(' ') {
            let token = match self.tokens.get(word) {
                Some(&token) => token,
                None => {
                    let token = self.tokens.len() as u32;
                    self.tokens.insert(word.into(), token);
                    self.first.push(0);
                    token
                }
            };
            let fresh = self.ends.len() as u32;
            let next = match node {
                0 => &mut self.first[token as usize],
                _ => self.edges.entry(edge(node, token)).or_default(),
            };
            if *next == 0 {
                *next = fresh;
                self.ends.push(0);
            }
            node = *next;
        }
        node
    }

    /// Where the name ends: its terminal's position.
    pub(super) fn end(&self, node: Node) -> Option<usize> {
        self.ends.get(node as usize).and_then(|end| end.checked_sub(1)).map(|at| at as usize)
    }

    pub(super) fn set_end(&mut self, node: Node, terminal: usize) {
        if let Some(end) = self.ends.get_mut(node as usize) {
            *end = terminal as u32 + 1;
        }
    }

    /// The number of a token.
    pub(super) fn token(&self, word: &str) -> u32 {
        self.tokens.get(word).copied().unwrap_or(UNKNOWN)
    }

    /// The node one token further, none where no name goes on so.
    pub(super) fn step(&self, node: Node, token: u32) -> Option<Node> {
        let next = match node {
            0 => self.first.get(token as usize),
            _ if token == UNKNOWN => None,
            _ => self.edges.get(&edge(node, token)),
        };
        next.copied().filter(|next| *next != 0)
    }
}

fn edge(node: Node, token: u32) -> u64 {
    u64::from(node) << 32 | u64::from(token)
}
