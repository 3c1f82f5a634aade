public import ArgumentParser
public import BundleModel

extension NodeRole: ExpressibleByArgument {}
