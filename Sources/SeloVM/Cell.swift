/// A node or a message whose type is known only to the ``Operations`` of its node type.
///
/// Cells never change: a turn takes a copy of the value out of one cell and puts the next one into another. Thus a
/// fork shares all cells, a failed turn just keeps the old one, and everything is `Sendable`.
@usableFromInline typealias Cell = AnyObject & Sendable

/// The only kind of cell.
@usableFromInline
final class Box<Value: Sendable>: Sendable {
  @usableFromInline let value: Value

  @inlinable
  init(_ value: Value) { self.value = value }

  /// The value in `cell`, which must be of this type: type indices of ids and tables say so. O(1).
  @inlinable
  static func value(in cell: any Cell) -> Value { unsafeDowncast(cell, to: Box<Value>.self).value }
}
