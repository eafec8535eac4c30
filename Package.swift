// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

// `make test` asks for it: simulations by the hundred take seven times as long when they are not optimised. Whoever depends
// on Selo never does, for SwiftPM refuses such flags there.
let fast: [SwiftSetting] =
  Context.environment["SELO_OPTIMIZE"] == nil
  ? [] : [.unsafeFlags(["-O", "-wmo", "-num-threads", "2", "-assert-config", "Debug"], .when(configuration: .debug))]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

func room(_ name: String, sees dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict + fast)
}

func tests(
  _ name: String, of dependencies: [Target.Dependency], fixtures: Bool = false, transcripts: Bool = false
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: transcripts ? ["Transcripts"] : [],
    resources: fixtures ? [.copy("Fixtures")] : [], swiftSettings: strict)
}

// Arrows point down only: each room names exactly the rooms below that it may see (docs/ARCHITECTURE.md).
let package = Package(
  name: "selo",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "SeloVM", targets: ["SeloVM"]),
    .library(name: "SeloKit", targets: ["SeloKit"]),
    .library(name: "SeloSimulator", targets: ["SeloSimulator"]),
    .executable(name: "selo", targets: ["SeloCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .systemLibrary(
      name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]),
    room("SeloWire", sees: []),
    room("SeloVM", sees: ["SeloWire"]),
    room("SeloCrypto", sees: ["SeloWire", "CSodium"]),
    room("SeloMesh", sees: ["SeloWire"]),
    room("SeloPeer", sees: ["SeloWire", "SeloVM", "SeloCrypto", "SeloMesh"]),
    room("SeloKit", sees: ["SeloWire", "SeloVM", "SeloCrypto", "SeloMesh", "SeloPeer", nioCore, nioPosix]),
    room("SeloSimulator", sees: ["SeloWire", "SeloVM", "SeloCrypto", "SeloMesh", "SeloPeer"]),
    room("SeloWorlds", sees: ["SeloVM"]),
    .executableTarget(
      name: "SeloCommand", dependencies: ["SeloKit", "SeloSimulator", "SeloWorlds", arguments],
      swiftSettings: strict + fast),
    .target(
      name: "SeloMachineKit", dependencies: ["SeloVM"], path: "Tests/SeloMachineKit", swiftSettings: strict + fast),
    .target(
      name: "SeloTestKit", dependencies: ["SeloWire", "SeloMesh", "SeloSimulator", "SeloMachineKit"],
      path: "Tests/SeloTestKit", swiftSettings: strict + fast),
    .executableTarget(
      name: "SeloConformance", dependencies: ["SeloVM", "SeloMachineKit"], path: "Tests/SeloConformance",
      swiftSettings: strict),
    tests("SeloWireTests", of: ["SeloWire", "SeloTestKit", "SeloMachineKit"]),
    tests("SeloVMTests", of: ["SeloVM", "SeloWorlds", "SeloMachineKit"], fixtures: true),
    tests("SeloCryptoTests", of: ["SeloCrypto", "SeloWire"], fixtures: true),
    tests(
      "SeloMeshTests", of: ["SeloMesh", "SeloWire", "SeloSimulator", "SeloTestKit", "SeloMachineKit"],
      transcripts: true),
    tests("SeloPeerTests", of: ["SeloPeer", "SeloTestKit", "SeloMachineKit", "SeloWorlds"]),
    tests("SeloSimulatorTests", of: ["SeloSimulator", "SeloMesh", "SeloPeer", "SeloTestKit", "SeloWorlds"]),
    tests("SeloKitTests", of: ["SeloKit", "SeloWorlds"]),
    tests("EndToEndTests", of: ["SeloCommand", "SeloWorlds"]),
    tests("TidyTests", of: []),
  ]
)
