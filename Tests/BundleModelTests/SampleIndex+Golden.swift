extension SampleIndex {
    /// The bytes: what a signature over this index covers.
    static let golden = """
        {
          "architecture" : "amd64",
          "createdAt" : "2023-11-14T22:13:20Z",
          "head" : {
            "sha256" : "sha256:1111111111111111111111111111111111111111111111111111111111111111",
            "size" : 4097
          },
          "lock" : {
            "artifacts" : [
              {
                "kind" : "binary",
                "license" : "Apache-2.0",
                "name" : "kubelet",
                "proof" : {
                  "kind" : "publishedChecksum",
                  "source" : "http://127.0.0.1/kubelet.sha256"
                },
                "sha256" : "sha256:2222222222222222222222222222222222222222222222222222222222222222",
                "size" : 12,
                "source" : "http://127.0.0.1/kubelet",
                "version" : "1.20.2"
              }
            ],
            "compression" : {
              "format" : "zstd",
              "level" : 3,
              "windowLog" : 27
            },
            "images" : [
              {
                "digest" : "sha256:3333333333333333333333333333333333333333333333333333333333333333",
                "layers" : "unpacked",
                "manifest" : "sha256:4444444444444444444444444444444444444444444444444444444444444444",
                "mediaType" : "application/vnd.oci.image.index.v1+json",
                "reference" : "k8s.gcr.io/pause:3.2",
                "roles" : [
                  "master",
                  "worker"
                ],
                "size" : 34,
                "source" : "127.0.0.1:5000"
              }
            ],
            "tools" : {
              "bundler" : "0.1.0",
              "libarchive" : "3.6.2",
              "libzstd" : "1.5.4",
              "nodeInstall" : "sha256:1111111111111111111111111111111111111111111111111111111111111111"
            }
          },
          "packs" : [
            {
              "chunkSize" : 4194304,
              "chunks" : [
                "sha256:5555555555555555555555555555555555555555555555555555555555555555"
              ],
              "compression" : {
                "format" : "zstd",
                "level" : 3,
                "windowLog" : 27
              },
              "content" : "files",
              "digest" : "sha256:6666666666666666666666666666666666666666666666666666666666666666",
              "members" : [
                {
                  "kind" : "file",
                  "mode" : 493,
                  "path" : "usr/local/bin/kubelet",
                  "sha256" : "sha256:2222222222222222222222222222222222222222222222222222222222222222",
                  "size" : 12
                },
                {
                  "kind" : "symlink",
                  "mode" : 511,
                  "path" : "usr/local/bin/k",
                  "size" : 0,
                  "target" : "kubelet"
                }
              ],
              "name" : "node",
              "selector" : {
                "osReleases" : [
                  "debian-12"
                ],
                "roles" : [
                  "master"
                ]
              },
              "size" : 5,
              "uncompressedSize" : 10240
            },
            {
              "chunkSize" : 4194304,
              "chunks" : [
                "sha256:8888888888888888888888888888888888888888888888888888888888888888"
              ],
              "compression" : {
                "format" : "zstd",
                "level" : 3,
                "windowLog" : 27
              },
              "content" : "images",
              "continues" : "node",
              "digest" : "sha256:9999999999999999999999999999999999999999999999999999999999999999",
              "members" : [
                {
                  "kind" : "file",
                  "mode" : 420,
                  "path" : "blobs/sha256/3333333333333333333333333333333333333333333333333333333333333333",
                  "sha256" : "sha256:3333333333333333333333333333333333333333333333333333333333333333",
                  "size" : 12
                },
                {
                  "appliedBy" : "containerd",
                  "kind" : "file",
                  "mode" : 420,
                  "path" : "layers/sha256/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                  "sha256" : "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                  "size" : 512
                }
              ],
              "name" : "images",
              "parts" : [
                {
                  "end" : 3,
                  "members" : 1,
                  "name" : "documents",
                  "roles" : [

                  ],
                  "uncompressedEnd" : 1024
                },
                {
                  "end" : 6,
                  "members" : 1,
                  "name" : "layers-control-plane",
                  "roles" : [
                    "master"
                  ],
                  "uncompressedEnd" : 3072
                }
              ],
              "selector" : {
                "osReleases" : [

                ],
                "roles" : [

                ]
              },
              "size" : 6,
              "uncompressedSize" : 3072
            }
          ],
          "productLine" : "kubernetes",
          "release" : {
            "cni" : {
              "kind" : "bridge",
              "manifests" : [

              ]
            },
            "cniPlugins" : "1.1.1",
            "containerd" : "1.6.20",
            "controlPlaneImages" : [
              "k8s.gcr.io/pause:3.2"
            ],
            "crictl" : "1.20.0",
            "imageRepository" : "k8s.gcr.io",
            "kubeadmAPI" : "v1beta2",
            "kubernetes" : "1.20.2",
            "runc" : "1.1.5",
            "sandboxImage" : "k8s.gcr.io/pause:3.2"
          },
          "releaseID" : "sha256:7777777777777777777777777777777777777777777777777777777777777777",
          "schemaVersion" : 1,
          "sequence" : 1700000000
        }

        """
}
