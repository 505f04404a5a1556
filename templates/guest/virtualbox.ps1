# Has a guest of kmon on a laptop with Windows, in VirtualBox. For Windows PowerShell 5.1 and later; runs as the laptop's owner. Everything is in
# functions, and the last line calls. Each change is noted in the journal before it is made, and leave.ps1 takes back what the journal has.
# Only ASCII below: what is not stands in the values above, behind a byte order mark.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$Folder = Join-Path $env:USERPROFILE 'kmon-guest'
$Journal = Join-Path $Folder 'journal'
$Leave = Join-Path $Folder 'leave.ps1'
$LeaveLine = "powershell -NoProfile -ExecutionPolicy Bypass -File `"$Leave`""
$Settings = Join-Path $env:USERPROFILE '.VirtualBox'
$Utf8 = New-Object Text.UTF8Encoding $false
$script:VBoxManage = $null
$script:Key = $null
$script:Nonce = ''
$script:Count = 0
$script:State = ''
$script:Said = @{}
$script:Told = 'Windows'
$script:Architecture = 'amd64'
$script:Unheard = 0
$script:Changed = $false
$script:IsIn = $false
$script:Again = $false
$script:Progress = ''

function Say($text) { Write-Host "kmon: $text" }

# What is wrong, for both sides.
function Stop-Enrolment($text) { throw (New-Object InvalidOperationException $text) }

function Show-Plan {
  Write-Host ''
  Write-Host "This laptop gives the room `"$Room`" of $By a guest: a small Linux in a virtual machine."
  Write-Host 'What happens, once the teacher has agreed:'
  Write-Host '  - VirtualBox is installed, if it is not here (Windows asks for an administrator)'
  Write-Host "  - the guest's disk comes over the network of the room, and is kept in $Folder"
  Write-Host "  - a virtual machine `"$Vm`" is made and started; TCP $TcpPorts and UDP $UdpPorts of this laptop lead to it"
  Write-Host "  - two rules of the firewall, kmon-guest-tcp and kmon-guest-udp, let these in from this laptop's own network (Windows asks for an administrator)"
  Write-Host "  - the teacher's kmon can log in to the guest, not to this laptop"
  Write-Host "No password leaves this laptop. To end it yourself, at any time: $LeaveLine"
  Write-Host 'It takes away all of this, VirtualBox too if it was installed for it.'
  Write-Host ''
  if (Test-Path -LiteralPath $Journal) {
    $script:Again = $true
    Say 'there is a guest of kmon here already: it goes, with all that is in it, and a new one is made'
  }
}

function Find-VBoxManage {
  $script:VBoxManage = $null
  $found = Get-Command VBoxManage.exe -ErrorAction SilentlyContinue
  if ($found) { $script:VBoxManage = $found.Source; return }
  foreach ($base in @($env:VBOX_MSI_INSTALL_PATH, (Join-Path $env:ProgramFiles 'Oracle\VirtualBox'))) {
    if ($base -and (Test-Path -LiteralPath (Join-Path $base 'VBoxManage.exe'))) {
      $script:VBoxManage = Join-Path $base 'VBoxManage.exe'
      return
    }
  }
}

# A list of arguments as one line, as programs of Windows take it apart.
function Join-Arguments($arguments) {
  ($arguments | ForEach-Object { if ($_ -match '[\s"]' -or $_ -eq '') { '"' + ($_ -replace '(\\*)"', '$1$1\"' -replace '(\\+)$', '$1$1') + '"' } else { $_ } }) -join ' '
}

# Runs a program without a window, and says meanwhile that this laptop is there: what it said, and how it ended.
function Invoke-Program($doing, $program, $arguments) {
  $start = New-Object Diagnostics.ProcessStartInfo
  $start.FileName = $program
  $start.Arguments = Join-Arguments $arguments
  $start.UseShellExecute = $false
  $start.CreateNoWindow = $true
  $start.RedirectStandardOutput = $true
  $start.RedirectStandardError = $true
  $process = [Diagnostics.Process]::Start($start)
  $out = $process.StandardOutput.ReadToEndAsync()
  $err = $process.StandardError.ReadToEndAsync()
  while (-not $process.WaitForExit([int]($PauseSeconds * 1000))) {
    if ($doing) {
      try { Send-Progress $doing } catch { if (-not $process.HasExited) { $process.Kill() }; throw }
    }
  }
  $process.WaitForExit()
  @{ Code = $process.ExitCode; Out = $out.Result; Err = $err.Result }
}

# As it, and a failure is told in the program's own words.
function Invoke-Checked($doing, $program, $arguments) {
  Send-Progress $doing
  $ended = Invoke-Program $doing $program $arguments
  if ($ended.Code -ne 0) { Stop-Enrolment "${doing}: $(Get-Reason $ended)" }
  $ended.Out
}

function Get-Reason($ended) {
  $lines = @("$($ended.Err)`n$($ended.Out)" -split "\r?\n" | Where-Object { $_.Trim() })
  $first = @($lines | Where-Object { $_ -match '^VBoxManage(\.exe)?: error: ' })
  $why = if ($first.Count) { $first[0] -replace '^VBoxManage(\.exe)?: error: ' } elseif ($lines.Count) { $lines[-1] } else { "it ended with $($ended.Code)" }
  if ($why.Length -gt 200) { $why.Substring(0, 200) } else { $why }
}

function Test-Vm {
  $listed = Invoke-Program '' $script:VBoxManage @('list', 'vms')
  $listed.Out -match ('(?m)^"' + [regex]::Escape($Vm) + '" ')
}

# What would keep this laptop from having a guest, before anything is changed: the first of it, in one sentence; nothing where it may.
function Get-Trouble {
  foreach ($tool in 'ssh-keyscan.exe') {
    if (-not (Get-Command $tool -ErrorAction SilentlyContinue)) {
      return 'the OpenSSH client of Windows is missing here: add it (Settings, Apps, Optional features, OpenSSH Client) and paste the line again'
    }
  }
  $computer = Get-CimInstance Win32_ComputerSystem
  $processor = @(Get-CimInstance Win32_Processor)[0]
  $system = Get-CimInstance Win32_OperatingSystem
  $script:Told = "$($system.Caption) $($system.Version)" -replace '[\x00-\x1f\x7f]', ''
  # 12 is ARM64, 9 is x64; the variable of the environment speaks of this PowerShell alone.
  $script:Architecture = if ($processor.Architecture -eq 12) { 'arm64' } else { 'amd64' }
  if ($script:Architecture -eq 'arm64') { return 'this is Windows on ARM, for which VirtualBox cannot be had by winget: look at a laptop of your neighbour with them' }
  if (-not (($Images -split ' ') -contains $script:Architecture)) {
    return "the processor of this laptop is $($script:Architecture), and your teacher has a guest for $Images only: kmon guest image --arch $($script:Architecture) makes one"
  }
  # Where a hypervisor runs already the processor says that it cannot.
  if (-not $computer.HypervisorPresent -and -not $processor.VirtualizationFirmwareEnabled) {
    return 'virtualization is off in the firmware of this laptop: switch it on (Intel VT-x, AMD-V or SVM in the settings at its start) and paste the line again'
  }
  $memory = [int]($computer.TotalPhysicalMemory / 1048576)
  if ($memory -lt $LeastMemory) { return "this laptop has $memory MB of memory, and a guest needs one of $LeastMemory MB: look at a laptop of your neighbour with them" }
  $script:Memory = if ($memory -ge 11500) { 4096 } elseif ($memory -ge 7500) { 3072 } else { 2048 }
  $script:Cpus = [Math]::Max(1, [Math]::Min(4, [int][Math]::Floor($computer.NumberOfLogicalProcessors / 2)))
  $free = [int]((New-Object IO.DriveInfo ([IO.Path]::GetPathRoot($env:USERPROFILE))).AvailableFreeSpace / 1048576)
  if ($free -lt $LeastDisk) { return "$free MB of disk are free, and a guest needs ${LeastDisk}: make room and paste the line again" }
  Find-VBoxManage
  if (-not $script:Again) {
    if (Test-Path -LiteralPath $Folder) { return "$Folder is here already, and nobody knows whose it is: move it away and paste the line again" }
    foreach ($port in $TcpPorts -split ',') {
      if (Get-NetTCPConnection -State Listen -LocalPort $port -ErrorAction SilentlyContinue) {
        return "port $port (TCP) of this laptop is taken by another program: end that one and paste the line again"
      }
    }
    foreach ($port in $UdpPorts -split ',') {
      if (Get-NetUDPEndpoint -LocalPort $port -ErrorAction SilentlyContinue) {
        return "port $port (UDP) of this laptop is taken by another program: end that one and paste the line again"
      }
    }
    if (Get-NetFirewallRule -Name 'kmon-guest-tcp', 'kmon-guest-udp' -ErrorAction SilentlyContinue) {
      return 'there are rules of the firewall named kmon-guest here, and nobody knows whose they are: remove them and paste the line again'
    }
    # Without its settings it has no machine, and to ask it would make them.
    if ($script:VBoxManage -and (Test-Path -LiteralPath $Settings) -and (Test-Vm)) {
      return "a virtual machine of the name $Vm is here already, and is not kmon's: give it another name and paste the line again"
    }
  }
  if ($script:VBoxManage) {
    $version = (Invoke-Program '' $script:VBoxManage @('--version')).Out
    if ($version -notmatch '(?m)^(\d+)\.(\d+)') { return 'VirtualBox is here and does not run: install it anew and paste the line again' }
    if ([int]$Matches[1] -lt 7) { return "VirtualBox $($Matches[1]).$($Matches[2]) is too old, it has to be 7.0 or later: update it and paste the line again" }
  } elseif (-not (Get-Command winget.exe -ErrorAction SilentlyContinue)) {
    return 'VirtualBox is not here, and winget, which could install it, neither: install VirtualBox from virtualbox.org and paste the line again'
  }
  return $null
}

# HMAC-SHA256, in hexadecimal signs. The key is the 64 signs that are made of the word.
function Get-Seal($text) {
  $hmac = New-Object Security.Cryptography.HMACSHA256 (, $Utf8.GetBytes($script:Key))
  try { ConvertTo-Hex ($hmac.ComputeHash($Utf8.GetBytes($text))) } finally { $hmac.Dispose() }
}

function ConvertTo-Hex($bytes) { ([BitConverter]::ToString($bytes) -replace '-').ToLowerInvariant() }

function Get-Sum256($bytes) {
  $sha = [Security.Cryptography.SHA256]::Create()
  try { ConvertTo-Hex ($sha.ComputeHash($bytes)) } finally { $sha.Dispose() }
}

# Without a proxy, since it is about a computer of the same room.
function New-Request($path, $method) {
  $request = [Net.HttpWebRequest][Net.WebRequest]::Create("$Page$path")
  $request.Method = $method
  $request.Proxy = New-Object Net.WebProxy
  $request.Timeout = 15000
  $request.ReadWriteTimeout = 30000
  $request.KeepAlive = $false
  $request
}

# Sends lines with their seal. Sets State, Text and Said; nothing is believed unless it is sealed too, with the same word.
function Send-Letter($path, $lines) {
  $script:State = 'silent'
  $script:Said = @{}
  $body = ($lines -join "`n") + "`n"
  $bytes = $Utf8.GetBytes("${body}seal $(Get-Seal $body)`n")
  try {
    $request = New-Request $path 'POST'
    $request.ContentLength = $bytes.Length
    $stream = $request.GetRequestStream()
    $stream.Write($bytes, 0, $bytes.Length)
    $stream.Close()
    $response = $request.GetResponse()
    try { $answer = (New-Object IO.StreamReader ($response.GetResponseStream()), $Utf8).ReadToEnd() } finally { $response.Close() }
  } catch [Net.WebException] { return } catch [IO.IOException] { return }
  $said = $answer
  $proven = $false
  if ($answer -cmatch '(?s)\A(.*\n)seal ([0-9a-f]{64})\n\z') {
    $text = $Matches[1]
    $seal = $Matches[2]
    if ((Get-Seal $text) -ceq $seal) { $proven = $true; $said = $text }
  }
  $rows = $said -split "`n"
  if ($rows[0] -cne 'kmon-enrol 1 answer') { Stop-Enrolment 'what answers there is no kmon' }
  foreach ($row in $rows) {
    $word, $says = $row -split ' ', 2
    if ($word -and -not $script:Said.ContainsKey($word)) { $script:Said[$word] = "$says" -replace '[\x00-\x1f\x7f]', '' }
  }
  $script:State = "$($script:Said['state'])"
  if (-not $proven) {
    # Anybody could have written it, for this window too.
    $script:Said['text'] = "$($script:Said['text'])" -replace '[^\x20-\x7e]', ''
    if ($script:State -cne 'unproven') { Stop-Enrolment 'the answer does not know your word: somebody may be between you and the teacher. Nothing was changed' }
  } elseif ($script:Said['nonce'] -cne $script:Nonce -or $script:Said['count'] -cne "$($script:Count)") {
    Stop-Enrolment 'the answer is none to this question: somebody may be between you and the teacher'
  }
}

# Says how far this laptop is, and hears how it stands.
function Send-Question($step, $text, $more) {
  $script:Count++
  $lines = @('kmon-enrol 1 ask', "session $Session", "nonce $($script:Nonce)", "count $($script:Count)", "step $step")
  if ($text) { $lines += "text $($text -replace '[\x00-\x1f\x7f]', ' ')" }
  if ($more) { $lines += $more }
  Send-Letter '/ask' $lines
}

# Tells both sides how far it is. Fails when nobody waits for the guest any more.
function Send-Progress($text) {
  if ($text -cne $script:Progress) { Say $text }
  $script:Progress = $text
  Send-Question 'making' $text
  if ($script:State -ceq 'welcome') { $script:Unheard = 0; return }
  if ($script:State -cne 'silent') { Stop-Enrolment $script:Said['text'] }
  $script:Unheard++
  if ($script:Unheard -ge 10) { Stop-Enrolment 'kmon does not answer any more' }
}

# The address by which this laptop reaches the teacher.
function Get-OwnAddress {
  $uri = New-Object Uri $Page
  $probe = New-Object Net.Sockets.UdpClient
  try {
    $probe.Connect($uri.Host, $uri.Port)
    $probe.Client.LocalEndPoint.Address.ToString()
  } finally { $probe.Close() }
}

# Asks for the word and a name until they are taken.
function Register-Laptop {
  $name = ''
  $tries = 0
  while ($true) {
    if (-not $script:Key) {
      # What is easily taken for another sign is that other one.
      $word = (Read-Host 'Your word (dashes do not matter)').ToLowerInvariant() -replace 'o', '0' -replace '[il]', '1' -replace '[^0-9a-hjkmnp-tv-z]', ''
      if ($word.Length -ne 12) { Say 'a word has twelve letters and digits'; continue }
      $script:Key = Get-Sum256 ($Utf8.GetBytes("kmon-enrol $word"))
      $word = ''
    }
    if (-not $name) {
      $name = (Read-Host "Name of this laptop in the room [$env:COMPUTERNAME]") -replace '[\x00-\x1f\x7f]', ''
      if (-not $name) { $name = $env:COMPUTERNAME }
      if ($Utf8.GetByteCount($name) -gt 80) { Say 'that name is too long'; $name = ''; continue }
    }
    $random = New-Object byte[] 16
    $source = [Security.Cryptography.RandomNumberGenerator]::Create()
    try { $source.GetBytes($random) } finally { $source.Dispose() }
    $script:Nonce = ConvertTo-Hex $random
    $script:Count = 0
    Send-Letter '/register' @('kmon-enrol 1 register', "session $Session", "nonce $($script:Nonce)", "name $name", "address $(Get-OwnAddress)",
      "port $SshPort", "system $($script:Told)", 'node guest', "architecture $($script:Architecture)")
    switch -CaseSensitive ($script:State) {
      'silent' { Stop-Enrolment "$Page does not answer: is this laptop in the same network as the teacher, and the enrolment still open?" }
      'unproven' {
        Say $script:Said['text']
        $script:Key = $null
        $tries++
        if ($tries -ge 3) { Stop-Enrolment 'that were three attempts: ask your teacher for a word' }
      }
      'rename' { Say $script:Said['text']; $name = '' }
      'declined' { Stop-Enrolment $script:Said['text'] }
      default { return }
    }
  }
}

# A line for the journal, on the disk before what it is about.
function Add-Note($line) {
  $file = New-Object IO.FileStream $Journal, ([IO.FileMode]::Append), ([IO.FileAccess]::Write)
  try {
    $bytes = $Utf8.GetBytes("$line`n")
    $file.Write($bytes, 0, $bytes.Length)
    $file.Flush($true)
  } finally { $file.Close() }
}

# Fetches a file, and once more what was missing.
function Get-Offered($offer, $doing) {
  $name, $bytes, $sum = $offer -split ' '
  $file = Join-Path $Folder $name
  foreach ($attempt in 1, 2) {
    $why = 'what came is not what kmon has'
    try { Receive-File $name ([long]$bytes) $file $doing } catch [Net.WebException] { $why = $_.Exception.Message } catch [IO.IOException] { $why = $_.Exception.Message }
    if ((Test-Path -LiteralPath $file) -and (Get-FileHash -LiteralPath $file -Algorithm SHA256).Hash.ToLowerInvariant() -ceq $sum) { return $file }
    if ($attempt -eq 2) { Stop-Enrolment "${doing}: $why" }
    Say "${doing}: $why; it goes on"
    Send-Progress $doing
  }
}

function Receive-File($name, $bytes, $file, $doing) {
  $path = "/guest/$name"
  $seal = Get-Seal "kmon-enrol 1 fetch`nsession $Session`nnonce $($script:Nonce)`npath $path`n"
  $has = if (Test-Path -LiteralPath $file) { (Get-Item -LiteralPath $file).Length } else { 0 }
  # A file that is whole and wrong is of no use.
  if ($has -ge $bytes) { Remove-Item -LiteralPath $file -Force; $has = 0 }
  $request = New-Request "${path}?seal=$seal" 'GET'
  if ($has -gt 0) { $request.AddRange([long]$has) }
  $response = $request.GetResponse()
  try {
    $mode = if ([int]$response.StatusCode -eq 206) { [IO.FileMode]::Append } else { [IO.FileMode]::Create }
    if ($mode -eq [IO.FileMode]::Create) { $has = 0 }
    $from = $response.GetResponseStream()
    $to = New-Object IO.FileStream $file, $mode, ([IO.FileAccess]::Write)
    try {
      $buffer = New-Object byte[] 262144
      $watch = [Diagnostics.Stopwatch]::StartNew()
      while (($read = $from.Read($buffer, 0, $buffer.Length)) -gt 0) {
        $to.Write($buffer, 0, $read)
        $has += $read
        if ($watch.Elapsed.TotalSeconds -ge $PauseSeconds) {
          Send-Progress "${doing}: $([Math]::Floor($has * 10 / $bytes) * 10) %"
          $watch.Restart()
        }
      }
    } finally { $to.Close() }
  } finally { $response.Close() }
}

# Runs this text as administrator; Windows asks the owner. Its values are quoted by whoever wrote it.
function Invoke-Elevated($doing, $text) {
  $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($text))
  Send-Progress $doing
  try {
    $process = Start-Process -FilePath powershell.exe -Verb RunAs -WindowStyle Hidden -PassThru -ArgumentList "-NoProfile -ExecutionPolicy Bypass -EncodedCommand $encoded"
  } catch { Stop-Enrolment "${doing}: an administrator of this laptop has to agree, and nobody did" }
  while (-not $process.WaitForExit([int]($PauseSeconds * 1000))) { Send-Progress $doing }
}

function New-Guest {
  # What was said with the welcome.
  $offeredDisk = $script:Said['disk']
  $offeredSeed = $script:Said['seed']
  if (-not $offeredDisk -or -not $offeredSeed) { Stop-Enrolment 'what kmon says of the guest is not complete' }
  Disable-Sleep
  $script:Changed = $true
  if ($script:Again) { & $Leave -Quiet -Again } else { New-Item -ItemType Directory -Path $Folder | Out-Null }
  [IO.File]::WriteAllText($Leave, $LeaveScript, (New-Object Text.UTF8Encoding $true))
  Add-Note "folder $Folder"
  $hadSettings = Test-Path -LiteralPath $Settings
  if (-not $script:VBoxManage) {
    Add-Note 'virtualbox winget'
    Invoke-Checked 'installs VirtualBox (Windows may ask)' 'winget.exe' @('install', '--exact', '--id', 'Oracle.VirtualBox', '--silent', '--accept-package-agreements', '--accept-source-agreements', '--disable-interactivity') | Out-Null
    Find-VBoxManage
    if (-not $script:VBoxManage) { Stop-Enrolment 'VirtualBox was installed, and is not found' }
  }
  if (-not $hadSettings) { Add-Note "settings $Settings" }
  $image = Get-Offered $offeredDisk 'downloads the guest'
  $seed = Get-Offered $offeredSeed 'downloads its seed'
  $disk = Join-Path $Folder "$Vm.vdi"
  Add-Note "medium $image"
  Add-Note "medium $seed"
  Add-Note "medium $disk"
  Add-Note "vm $Vm"
  Invoke-Checked 'makes the virtual machine' $script:VBoxManage @('createvm', '--name', $Vm, '--ostype', 'Debian_64', '--basefolder', (Join-Path $Folder 'machines'), '--register') | Out-Null
  Invoke-Checked 'makes the virtual machine' $script:VBoxManage @('modifyvm', $Vm, '--firmware', 'efi', '--memory', "$($script:Memory)", '--cpus', "$($script:Cpus)", '--rtcuseutc', 'on', '--nic1', 'nat') | Out-Null
  foreach ($forward in $Forwards -split ' ') { Invoke-Checked 'forwards its ports' $script:VBoxManage @('modifyvm', $Vm, '--natpf1', $forward) | Out-Null }
  Invoke-Checked 'unpacks the disk' $script:VBoxManage @('clonemedium', 'disk', $image, $disk, '--format', 'VDI') | Out-Null
  Invoke-Program '' $script:VBoxManage @('closemedium', 'disk', $image) | Out-Null
  Remove-Item -LiteralPath $image -Force
  Invoke-Checked 'attaches the disk' $script:VBoxManage @('storagectl', $Vm, '--name', 'disks', '--add', 'sata', '--portcount', '2') | Out-Null
  Invoke-Checked 'attaches the disk' $script:VBoxManage @('storageattach', $Vm, '--storagectl', 'disks', '--port', '0', '--device', '0', '--type', 'hdd', '--medium', $disk) | Out-Null
  Invoke-Checked 'attaches the seed' $script:VBoxManage @('storageattach', $Vm, '--storagectl', 'disks', '--port', '1', '--device', '0', '--type', 'dvddrive', '--medium', $seed) | Out-Null
  Add-Note 'rule kmon-guest-tcp'
  Add-Note 'rule kmon-guest-udp'
  Invoke-Elevated 'opens the firewall for its ports (Windows asks)' (
    "`$ErrorActionPreference = 'Stop'; " +
    "New-NetFirewallRule -Name 'kmon-guest-tcp' -DisplayName 'kmon-guest-tcp' -Direction Inbound -Action Allow -Protocol TCP -LocalPort $TcpPorts -RemoteAddress LocalSubnet | Out-Null; " +
    "New-NetFirewallRule -Name 'kmon-guest-udp' -DisplayName 'kmon-guest-udp' -Direction Inbound -Action Allow -Protocol UDP -LocalPort $UdpPorts -RemoteAddress LocalSubnet | Out-Null")
  if (@(Get-NetFirewallRule -Name 'kmon-guest-tcp', 'kmon-guest-udp' -ErrorAction SilentlyContinue).Count -ne 2) {
    Stop-Enrolment 'the firewall has not taken the rules for its ports'
  }
  Invoke-Checked 'starts the guest' $script:VBoxManage @('startvm', $Vm, '--type', 'headless') | Out-Null
  Wait-HostKeys
}

# Until the guest shows its host keys, which go to kmon under the seal of the word: over loopback, so that nobody of the network is between.
function Wait-HostKeys {
  $watch = [Diagnostics.Stopwatch]::StartNew()
  while ($watch.Elapsed.TotalSeconds -lt $BootSeconds) {
    Send-Progress 'waits for the guest to start'
    $shown = Invoke-Program 'waits for the guest to start' 'ssh-keyscan.exe' @('-T', '5', '-t', 'ed25519,ecdsa,rsa', '-p', "$SshPort", '127.0.0.1')
    $keys = @($shown.Out -split "\r?\n" | Where-Object { $_ -cmatch '^\[127\.0\.0\.1\]:\d+ ([a-z0-9-]+ [A-Za-z0-9+/=]+)$' } | ForEach-Object { $_ -creplace '^\S+ ', 'hostkey ' })
    if ($keys.Count) { Say 'the guest runs'; return $keys }
    Start-Sleep -Seconds $PauseSeconds
  }
  Stop-Enrolment "the guest does not answer within $BootSeconds seconds"
}

# As long as this window is open: Windows forgets it with the process.
function Disable-Sleep {
  try {
    $power = Add-Type -PassThru -Namespace Kmon -Name Power -MemberDefinition '[DllImport("kernel32.dll")] public static extern uint SetThreadExecutionState(uint flags);'
    # ES_CONTINUOUS and ES_SYSTEM_REQUIRED
    $power::SetThreadExecutionState([Convert]::ToUInt32('80000001', 16)) | Out-Null
  } catch { Say 'this laptop could not be kept awake: see to it that it does not sleep' }
}

function Wait-Lesson {
  Say 'leave this window open, the lid open and the charger in: so this laptop stays awake. To close it leaves the guest'
  while ((Invoke-Program '' $script:VBoxManage @('list', 'runningvms')).Out -match ('(?m)^"' + [regex]::Escape($Vm) + '" ')) { Start-Sleep -Seconds 30 }
}

# Asks until the teacher's kmon has taken this laptop in.
function Wait-Answer {
  $step = 'waiting'
  $keys = $null
  $shown = ''
  $silent = 0
  while ($true) {
    if ($script:State -ceq 'silent') {
      $silent++
      if ($silent -ge 10) { Stop-Enrolment 'kmon does not answer any more' }
    } else {
      $silent = 0
      if ($script:Said['text'] -cne $shown) { Say $script:Said['text'] }
      $shown = $script:Said['text']
    }
    switch -CaseSensitive ($script:State) {
      'in' { $script:IsIn = $true; return }
      'welcome' {
        if ($step -ceq 'waiting') {
          try { $keys = @(New-Guest) } catch {
            if (-not ($script:State -cmatch '^(trouble|unproven|refused)$')) { Send-Question 'failed' $_.Exception.Message }
            throw
          }
          $step = 'ready'
        }
      }
      'refused' { Stop-Enrolment $script:Said['text'] }
      'declined' { Stop-Enrolment $script:Said['text'] }
      'trouble' { Stop-Enrolment $script:Said['text'] }
      'unproven' { Stop-Enrolment $script:Said['text'] }
    }
    Start-Sleep -Seconds $PauseSeconds
    Send-Question $step '' $keys
  }
}

function Enter-Room {
  Show-Plan
  if ((Read-Host 'Go on? [y/N]') -notmatch '^[yYoOjJ]') { Say 'nothing was changed'; return 1 }
  try {
    Say 'looks at this laptop'
    $trouble = Get-Trouble
    if ($trouble) {
      Say $trouble
      Say 'nothing was changed. With your word your teacher reads that too'
      Register-Laptop
      Send-Question 'failed' $trouble
      return 1
    }
    Register-Laptop
    Wait-Answer
    Say "to end it yourself, at any time: $LeaveLine"
    Wait-Lesson
    return 0
  } catch {
    Say $_.Exception.Message
    return 1
  } finally {
    # Also for Ctrl-C.
    if ($script:Changed -and -not $script:IsIn) {
      if (Test-Path -LiteralPath $Leave) { try { & $Leave -Quiet } catch { Say $_.Exception.Message } } elseif (Test-Path -LiteralPath $Folder) { Remove-Item -LiteralPath $Folder -Recurse -Force }
      if (-not (Test-Path -LiteralPath $Folder)) { Say 'what was made is taken away again: this laptop is as it was' }
    }
  }
}

exit (Enter-Room)
