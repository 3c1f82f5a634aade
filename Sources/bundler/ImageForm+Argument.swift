public import ArgumentParser
public import BundleBuild

extension ImageForm: ExpressibleByArgument {}
