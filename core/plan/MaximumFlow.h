//===- MaximumFlow.h - Dinic's algorithm ------------------------*- C++ -*-===//
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace linkgrad {

/// A directed graph with capacities.  O(V^2 E) in the worst case, close to linear
/// on the shallow graphs of data flow.
class MaximumFlow {
public:
  static constexpr int64_t infinite = std::numeric_limits<int64_t>::max() / 4;

  explicit MaximumFlow(unsigned vertices) : heads(vertices) {}

  void addEdge(unsigned from, unsigned to, int64_t capacity) {
    heads[from].push_back(edges.size());
    edges.push_back({to, capacity});
    heads[to].push_back(edges.size());
    edges.push_back({from, 0});
  }

  void run(unsigned source, unsigned sink) {
    while (findLevels(source, sink)) {
      next.assign(heads.size(), 0);
      while (augment(source, sink))
        ;
    }
  }

  /// After run(): the vertices from which the sink can still be reached.
  std::vector<bool> reaching(unsigned sink) const {
    std::vector<bool> found(heads.size());
    std::vector<unsigned> worklist{sink};
    found[sink] = true;
    while (!worklist.empty()) {
      unsigned vertex = worklist.back();
      worklist.pop_back();
      for (unsigned id : heads[vertex]) {
        unsigned from = edges[id].to;
        if (edges[id ^ 1].capacity > 0 && !found[from]) {
          found[from] = true;
          worklist.push_back(from);
        }
      }
    }
    return found;
  }

private:
  struct Edge {
    unsigned to;
    int64_t capacity;
  };

  bool findLevels(unsigned source, unsigned sink) {
    level.assign(heads.size(), -1);
    level[source] = 0;
    std::vector<unsigned> queue{source};
    for (size_t i = 0; i < queue.size(); ++i)
      for (unsigned id : heads[queue[i]])
        if (edges[id].capacity > 0 && level[edges[id].to] < 0) {
          level[edges[id].to] = level[queue[i]] + 1;
          queue.push_back(edges[id].to);
        }
    return level[sink] >= 0;
  }

  /// Pushes flow along one path of the level graph; without recursion, since
  /// data flow can be as deep as the program is long.
  bool augment(unsigned source, unsigned sink) {
    std::vector<unsigned> path;
    unsigned vertex = source;
    while (vertex != sink) {
      if (next[vertex] == heads[vertex].size()) {
        if (path.empty())
          return false;
        unsigned id = path.back();
        path.pop_back();
        vertex = edges[id ^ 1].to;
        ++next[vertex];
        continue;
      }
      unsigned id = heads[vertex][next[vertex]];
      if (edges[id].capacity > 0 && level[edges[id].to] == level[vertex] + 1) {
        path.push_back(id);
        vertex = edges[id].to;
      } else {
        ++next[vertex];
      }
    }
    int64_t flow = infinite;
    for (unsigned id : path)
      flow = std::min(flow, edges[id].capacity);
    for (unsigned id : path) {
      edges[id].capacity -= flow;
      edges[id ^ 1].capacity += flow;
    }
    return true;
  }

  std::vector<Edge> edges;
  std::vector<std::vector<unsigned>> heads;
  std::vector<int> level;
  std::vector<size_t> next;
};

} // namespace linkgrad
