@_exported public import SeloVM
