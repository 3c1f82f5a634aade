// A stand-in for CoreDNS in the test bed: health and readiness, and A records for Services with a cluster address.
// It is not CoreDNS; its image says so in a label.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

const account = "/var/run/secrets/kubernetes.io/serviceaccount/"

type table struct {
	sync.RWMutex
	addresses map[string]net.IP
}

type serviceList struct {
	Items []struct {
		Metadata struct{ Name, Namespace string }
		Spec     struct{ ClusterIP string }
	}
}

func (t *table) refresh(client *http.Client) error {
	token, err := os.ReadFile(account + "token")
	if err != nil {
		return err
	}
	host := net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	request, err := http.NewRequest("GET", "https://"+host+"/api/v1/services", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("listing services: %s", response.Status)
	}
	var list serviceList
	if err := json.Unmarshal(body, &list); err != nil {
		return err
	}
	addresses := map[string]net.IP{}
	for _, item := range list.Items {
		if ip := net.ParseIP(item.Spec.ClusterIP).To4(); ip != nil {
			addresses[item.Metadata.Name+"."+item.Metadata.Namespace+".svc.cluster.local"] = ip
		}
	}
	t.Lock()
	t.addresses = addresses
	t.Unlock()
	return nil
}

// answer makes the reply to one DNS query, or nil when it is not one.
func (t *table) answer(query []byte) []byte {
	if len(query) < 17 || query[2]&0x80 != 0 || binary.BigEndian.Uint16(query[4:]) != 1 {
		return nil
	}
	var labels []string
	at := 12
	for at < len(query) && query[at] != 0 {
		length := int(query[at])
		if length > 63 || at+1+length >= len(query) {
			return nil
		}
		labels = append(labels, strings.ToLower(string(query[at+1:at+1+length])))
		at += 1 + length
	}
	if at+5 > len(query) {
		return nil
	}
	kind := binary.BigEndian.Uint16(query[at+1:])
	question := query[12 : at+5]
	t.RLock()
	ip, known := t.addresses[strings.Join(labels, ".")]
	t.RUnlock()
	reply := make([]byte, 12, 12+len(question)+16)
	copy(reply, query[:2])
	reply[2], reply[3] = 0x84|query[2]&1, 0x80
	reply[5] = 1
	reply = append(reply, question...)
	switch {
	case !known:
		reply[3] |= 3
	case kind == 1:
		reply[7] = 1
		reply = append(reply, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4)
		reply = append(reply, ip...)
	}
	return reply
}

func serveTCP(listener net.Listener, t *table) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer connection.Close()
			connection.SetDeadline(time.Now().Add(5 * time.Second))
			var length uint16
			if binary.Read(connection, binary.BigEndian, &length) != nil {
				return
			}
			query := make([]byte, length)
			if _, err := io.ReadFull(connection, query); err != nil {
				return
			}
			if reply := t.answer(query); reply != nil {
				binary.Write(connection, binary.BigEndian, uint16(len(reply)))
				connection.Write(reply)
			}
		}()
	}
}

func main() {
	if len(os.Args) > 1 && strings.TrimLeft(os.Args[1], "-") == "version" {
		fmt.Println("stand-in for CoreDNS-1.7.0 (test bed)")
		return
	}
	t := &table{}
	roots := x509.NewCertPool()
	if pem, err := os.ReadFile(account + "ca.crt"); err == nil {
		roots.AppendCertsFromPEM(pem)
	}
	client := &http.Client{
		Timeout:   5 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}},
	}
	go func() {
		for {
			if err := t.refresh(client); err != nil {
				log.Print(err)
			}
			time.Sleep(2 * time.Second)
		}
	}()
	ok := func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "OK") }
	health, ready := http.NewServeMux(), http.NewServeMux()
	health.HandleFunc("/health", ok)
	ready.HandleFunc("/ready", func(w http.ResponseWriter, r *http.Request) {
		t.RLock()
		filled := t.addresses != nil
		t.RUnlock()
		if !filled {
			http.Error(w, "no services known yet", http.StatusServiceUnavailable)
			return
		}
		ok(w, r)
	})
	go func() { log.Fatal(http.ListenAndServe(":8080", health)) }()
	go func() { log.Fatal(http.ListenAndServe(":8181", ready)) }()
	listener, err := net.Listen("tcp", ":53")
	if err != nil {
		log.Fatal(err)
	}
	go serveTCP(listener, t)
	socket, err := net.ListenPacket("udp", ":53")
	if err != nil {
		log.Fatal(err)
	}
	buffer := make([]byte, 4096)
	for {
		size, from, err := socket.ReadFrom(buffer)
		if err != nil {
			log.Fatal(err)
		}
		if reply := t.answer(buffer[:size]); reply != nil {
			socket.WriteTo(reply, from)
		}
	}
}
