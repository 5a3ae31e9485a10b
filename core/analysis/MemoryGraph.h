//===- MemoryGraph.h - which pointers meet, and what bytes are --*- C++ -*-===//
//
// A unification-style points-to graph (Steensgaard 1996; Lattner and Adve's data
// structure analysis, 2005) of the functions of one strongly connected component
// of the call graph.  A node stands for one or more objects, a cell for bytes at
// an offset of them.  A pointer value refers to (node, offset).
//
//   double f(struct S *s) { return s->next->x; }
//
//      s ──▶ node 0 { 8: pointer ──▶ node 0' }      node 0' { 0: double read }
//
// Arrays.  Where a pointer is moved by a variable amount, the cells from there on
// are folded modulo the stride: an array of struct {double x; int n;} has cells 0
// and 8, whatever its length.  Where the amount may be negative, or a loop moves the
// pointer, all cells of the node are folded.
//
// Calls.  The graph of a callee is copied for every call (context sensitivity)
// and its formals unified with the arguments; inside a component, formals and
// arguments are unified directly.
//
// Copies (memcpy) do not unify the objects: they are edges along which what is
// known of the bytes flows both ways.  The bytes of an integer that is only moved
// (loaded here, stored there, turned into a float) are a small object of their own
// with copy edges to where it is loaded from and stored to; so a number that
// travels as an integer is known to be one wherever it passes (MemoryGraphBits.cpp).
//
// Parts.  Some members of an object that pointers in it lead to are objects of their own
// (MemoryGraphParts.cpp).
//
// Callers.  A function that moves bytes without saying what they are is told by
// its callers (Import): what they know of the arguments is taken over where the
// function itself has no type.
//
// Cost: unification moves cells from the smaller into the larger node and folding
// divides a period each time it changes, hence O(n log n) in the instructions.
//
//===----------------------------------------------------------------------===//
#pragma once
#include "../rules/LibraryMembers.h"
#include "CallEffects.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/Instructions.h"
#include <map>
#include <optional>

namespace linkgrad {

struct NodeRef {
  static constexpr unsigned none = ~0u;
  unsigned node = none;
  int64_t offset = 0;
  explicit operator bool() const { return node != none; }
};

/// What is known of the bytes at one offset.
struct Cell {
  llvm::Type *real = nullptr; ///< floating-point type accessed here
  bool mixedReals = false;    ///< accessed as two different ones
  /// What is known of `real` comes from constants and numbers that only decide: it
  /// gives way to the type of numbers that pass through here.
  bool decides = false;
  bool pointer = false; ///< accessed as a pointer
  bool read = false, written = false;
  uint32_t size = 0; ///< of the largest access
  NodeRef target;    ///< what a pointer here points to
};

/// Where the objects of a node come from.
struct Origin {
  bool stack = false, heap = false, global = false;
  bool argument = false;  ///< reachable from a formal of the component
  bool exception = false; ///< allocated to be thrown
  bool unknown = false;   ///< met code we cannot see
  bool freed = false;
  bool mutableGlobal = false;
  bool constantGlobal = false;        ///< also one that only a callee mentions
  bool tape = false;                  ///< what a derivative keeps, now differentiated in turn
  bool viaSelf = false;               ///< holds a pointer that may lead into itself, or is led to by one
  bool text = false;                  ///< characters of strings, if there is nothing else in it
  bool tapeStart = false;             ///< tape that is new here, with all its parts
  bool stepsBack = false;             ///< a pointer leads to what lies a fixed distance before another
  bool read = false, written = false; ///< anywhere in the object
  bool counted = false;               ///< integers lie here, too, that are more than bytes on the move
  bool copied = false;                ///< bytes moved without a type (memcpy, integers)
  bool operator==(const Origin &) const = default;
};

class MemoryGraph {
public:
  /// foldFrom of a node that repeats in both directions.
  static constexpr int64_t everywhere = std::numeric_limits<int64_t>::min();
  using Cells = std::map<int64_t, Cell>;
  struct Node {
    unsigned parent;   ///< union-find; itself if representative
    int64_t shift = 0; ///< offset of this node inside its parent
    /// Cells >= foldFrom repeat with this period (0: none do).
    int64_t foldFrom = 0, period = 0;
    int64_t normalise(int64_t offset) const;
    bool repeats(int64_t offset) const { return period && offset >= foldFrom; }
    Cells cells;
    Origin origin;
    llvm::SmallVector<const llvm::Value *, 1> sites; ///< allocations and globals
  };
  /// An untyped move: memcpy and its kin.
  struct CopyEdge {
    NodeRef destination, source;
    std::optional<int64_t> size;
  };

  /// What a caller, whose graph is \p graph, knows of the value \p actual that it
  /// passes for the parameter number \p formal.
  struct Import {
    unsigned formal;
    const MemoryGraph *graph;
    const llvm::Value *actual;
  };

  /// Builds the graph of the component \p functions (prepared bodies).  \p summaries
  /// gives the finished graph that contains a callee's body, or null if the
  /// callee belongs to this component; \p bodyOf the prepared body of a function.
  using SummaryOf = llvm::function_ref<const MemoryGraph *(const llvm::Function &)>;
  using BodyOf = llvm::function_ref<llvm::Function *(const llvm::Function &)>;
  MemoryGraph(llvm::ArrayRef<llvm::Function *> functions, const CallEffects &effects, SummaryOf summaries,
              BodyOf preparedBody);
  /// Takes over what callers of \p body know of bytes that are only moved here.
  /// Returns whether anything was new.
  bool learn(const llvm::Function &body, llvm::ArrayRef<Import> imports);
  /// Whether bytes that this component moves without a type can be reached from
  /// \p formal (or are its own).
  bool movesUnknownBytes(const llvm::Argument &formal) const;

  /// Node and offset a pointer (or an integer that was one) refers to.
  NodeRef of(const llvm::Value *pointer) const;
  /// The object that the bytes of an integer are; none if they are not followed.
  NodeRef bitsOf(const llvm::Value *integer) const { return resolve(bits.lookup(integer)); }
  /// The floating-point type (or vector) whose bits \p integer holds, and nothing
  /// else; null if there is none.  Of a struct of integers, the struct with such
  /// types in their places, if there are any.
  llvm::Type *realBits(const llvm::Value *integer) const;
  /// What \p load reads is an integer, and not a number or a part of one; if it is, in memory where integers and
  /// numbers lie side by side, this is found out at run time (CountedBits.h).
  bool isInteger(const llvm::LoadInst &load) const;
  /// A <2 x float>, if in the eight bytes at \p ref a float lies beside an integer.
  llvm::Type *packedHalvesAt(NodeRef ref) const;
  /// Which of them are numbers, as bits.
  unsigned realHalvesAt(NodeRef ref) const;
  /// The same of \p bytes at \p ref, where a pointer may be, too.
  llvm::Type *realAt(NodeRef ref, int64_t bytes) const;
  const Node &node(NodeRef ref) const { return nodes[ref.node]; }
  NodeRef returned(const llvm::Function &body) const;
  /// The prepared body of a function this component calls; null for others.
  const llvm::Function *bodyOf(const llvm::Function &function) const { return bodies.lookup(&function); }
  unsigned size() const { return nodes.size(); }
  llvm::ArrayRef<CopyEdge> copies() const { return copyEdges; }
  /// The global variables this component and its callees mention.
  llvm::SmallVector<const llvm::GlobalVariable *> globals() const;

  /// The representative and normalised offset of \p ref.
  NodeRef resolve(NodeRef ref) const;
  /// Calls \p visit(cell offset relative to ref, cell) for the cells that \p size
  /// bytes at \p ref overlap; without a size, all cells from ref on (one period
  /// of a folded node).
  void forEachCell(NodeRef ref, std::optional<int64_t> size,
                   llvm::function_ref<void(int64_t, const Cell &)> visit) const;
  /// What \p call catches is an exception in which numbers are read, here or in a callee.
  bool readsException(const llvm::CallBase &call) const;
  /// The object is the characters of strings and nothing else.
  bool isText(unsigned node) const {
    return nodes[node].origin.text && llvm::none_of(nodes[node].cells, [](const auto &entry) {
             return entry.second.real || entry.second.pointer;
           });
  }
  /// Some cell of the object holds a pointer.
  bool anyPointer(NodeRef ref) const {
    return llvm::any_of(nodes[resolve(ref).node].cells, [](const auto &entry) { return entry.second.pointer; });
  }
  /// Period of the cells at \p ref, 0 if they do not repeat.
  int64_t periodAt(NodeRef ref) const;
  /// Nodes that can be reached from \p ref through pointers, itself included.
  void reachable(NodeRef ref, llvm::DenseSet<unsigned> &found) const;

  void print(llvm::raw_ostream &os) const;

private:
  unsigned makeNode();
  NodeRef makeRef() { return {makeNode(), 0}; }
  NodeRef refOf(const llvm::Value *value);
  NodeRef constantRef(const llvm::Constant *constant);
  void unify(NodeRef a, NodeRef b);
  void unifyPending();
  void merge(NodeRef a, NodeRef b);
  void fold(unsigned node, int64_t from, int64_t period);
  void foldLike(NodeRef to, const MemoryGraph &theirs, NodeRef from, std::optional<int64_t> size);
  Cell &cellAt(NodeRef ref);
  void absorb(NodeRef into, const Cell &from);
  void demandInteger(const llvm::Value *value);
  bool addPart(llvm::GetElementPtrInst &gep);
  void addOwnPart(llvm::GetElementPtrInst &gep);
  void findTreeHeaders(llvm::Function &function);
  bool joinOwnParts();
  void solve();
  void accessSelfPointer(llvm::Instruction &inst, LibraryMember kind);
  void access(NodeRef ref, llvm::Type *type, bool isWrite, const llvm::Value *value);
  void accessLeaf(NodeRef ref, llvm::Type *type, bool isWrite, const llvm::Value *value);
  void absorbReal(Cell &cell, const Cell &from);

  void addFunction(llvm::Function &function);
  void addInstruction(llvm::Instruction &inst);
  void addGep(llvm::GetElementPtrInst &gep);
  void stepBack(NodeRef ref);
  void addStepsBack();
  void addCall(llvm::CallBase &call);
  void addKnownCall(llvm::CallBase &call, const KnownCall &known);
  void addStructuralCall(llvm::CallBase &call, const KnownCall &known);
  void addBits(llvm::Instruction &inst);
  void addBitsOfCall(llvm::CallBase &call, const llvm::Function &body, const MemoryGraph *summary,
                     llvm::function_ref<NodeRef(NodeRef)> imageOf);
  void pointerBits(NodeRef bytes, NodeRef target);
  bool mayPoint(const Cell &cell) const;
  void addWidenedByte(llvm::LoadInst &load);
  void addByte(llvm::StoreInst &store);
  void accessHalves(NodeRef bytes, llvm::Type *type, unsigned numbers);
  llvm::Type *realBits(NodeRef ref, llvm::Type *type) const;
  NodeRef bitsRef(const llvm::Value *value);
  void unifyBits(const llvm::Value *a, int64_t offset, const llvm::Value *b, int64_t otherOffset = 0);
  bool isMoved(NodeRef place) const;
  bool adopt(NodeRef ours, const MemoryGraph &theirs, NodeRef theirRef, llvm::DenseSet<unsigned> &visited);
  void addAllocationByRef(llvm::CallBase &call, NodeRef out);
  void addTapeMemory(llvm::CallBase &call, const KnownCall &known);
  void addIntrinsic(llvm::CallBase &call);
  void addOpaqueCall(llvm::CallBase &call);
  void addTarget(llvm::CallBase &call, llvm::Function &target);
  void instantiate(const MemoryGraph &summary, llvm::Function &body, llvm::CallBase &call);
  void initialiseGlobal(const llvm::GlobalVariable &global, NodeRef ref);
  void addInitialiser(const llvm::Constant *constant, NodeRef ref);
  void solveCopies();
  void markChanged(unsigned node);
  void flow(NodeRef from, NodeRef to, std::optional<int64_t> size);

  const llvm::DataLayout &layout;
  const CallEffects &effects;
  SummaryOf summaries;
  BodyOf preparedBody;
  llvm::DenseMap<const llvm::Function *, const llvm::Function *> bodies;
  mutable std::vector<Node> nodes;
  llvm::DenseMap<const llvm::Value *, NodeRef> refs;
  llvm::DenseMap<const llvm::Function *, NodeRef> returns;
  llvm::DenseMap<const llvm::Value *, NodeRef> bits; ///< the bytes of integers; of a function: of what it returns
  std::vector<CopyEdge> copyEdges;
  std::vector<std::pair<NodeRef, NodeRef>> ownParts;                   ///< and where they lie
  llvm::DenseSet<std::pair<const llvm::Value *, int64_t>> treeHeaders; ///< in the function at hand: objects and offsets
  std::vector<std::pair<NodeRef, NodeRef>> pending;
  std::vector<const llvm::GetElementPtrInst *> stepsBack; ///< from moving pointers
  /// While it is learnt from callers: the parts of each node that copies read and write.
  llvm::DenseMap<unsigned, llvm::SmallVector<std::pair<int64_t, std::optional<int64_t>>>> movedRanges;
  // While copies are solved: the edges at each node, and those to look at again.
  std::vector<llvm::SmallVector<unsigned, 2>> edgesAt;
  std::vector<unsigned> dueEdges;
  llvm::BitVector isDue;
};

/// Whether values of \p type are integers (or hold some) wide enough to be a number's bits.
bool carriesBits(llvm::Type *type);
/// Whether values of \p type hold a floating-point number.
bool holdsReal(llvm::Type *type);
/// Whether values of \p type can hold a pointer.
bool holdsPointer(llvm::Type *type);

} // namespace linkgrad
