import ArgumentParser

/// How `sbom` lists a bundle.
enum SBOMForm: String, CaseIterable, ExpressibleByArgument {
    case spdx
    case cyclonedx
}
